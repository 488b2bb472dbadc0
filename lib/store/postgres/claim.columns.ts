/** Columns of the event that the delivery does not have. */
export const EVENT_DETAILS = ['method', 'body', 'occurred_at', 'idempotency_key', 'fingerprint'];

/** The same, as they stand beside the columns of the delivery. */
export const EVENT_PART = EVENT_DETAILS.map((column) => `e_${column}`);

/** Those columns for a SELECT; the body as base64. */
export function eventPart(event: string): string {
  return EVENT_DETAILS.map((column) =>
    column === 'body'
      ? `encode(${event}.body, 'base64') AS e_body`
      : `${event}.${column} AS e_${column}`,
  ).join(', ');
}

/**
 * What a claim gives: one JSON text with the rows of `held` and, once each, of the subscriptions in
 * `wanted`. A driver would take several times longer over rows.
 *
 * @param summary further entries, by name
 */
export function claimedAsJson(summary: Readonly<Record<string, string>> = {}): string {
  const entries = {
    held: `(SELECT coalesce(json_agg(held), '[]') FROM held)`,
    wanted: `(SELECT coalesce(json_agg(wanted), '[]') FROM wanted)`,
    ...summary,
  };
  const list = Object.entries(entries).map(([name, value]) => `'${name}', ${value}`);
  return `json_build_object(${list.join(', ')})::text AS claimed`;
}
