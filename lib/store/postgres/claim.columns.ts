const EVENT_DETAILS = ['id', 'method', 'body', 'occurred_at', 'idempotency_key', 'fingerprint'];

/** What an attempt needs of an event and its delivery does not have, for a SELECT; the body as base64. */
export function eventDetails(event: string): string {
  return EVENT_DETAILS.map((column) =>
    column === 'body' ? `encode(${event}.body, 'base64') AS body` : `${event}.${column}`,
  ).join(', ');
}

/**
 * What a claim gives: one JSON text with the rows of `held` and, once each, of their events in `told` and
 * of the subscriptions in `wanted`. A driver would take several times longer over rows.
 *
 * @param summary further entries, by name
 */
export function claimedAsJson(summary: Readonly<Record<string, string>> = {}): string {
  const entries = {
    held: `(SELECT coalesce(json_agg(held), '[]') FROM held)`,
    told: `(SELECT coalesce(json_agg(told), '[]') FROM told)`,
    wanted: `(SELECT coalesce(json_agg(wanted), '[]') FROM wanted)`,
    ...summary,
  };
  const list = Object.entries(entries).map(([name, value]) => `'${name}', ${value}`);
  return `json_build_object(${list.join(', ')})::text AS claimed`;
}
