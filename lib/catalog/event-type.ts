import { closest, distance } from 'fastest-levenshtein';

/** Longest name of an event type, in characters. */
const EVENT_TYPE_LIMIT = 128;

/** Beginning of the names this package keeps for its own event types, such as `webhook.ping`. */
export const RESERVED_PREFIX = 'webhook.';

/** What a valid event type is, for error messages. */
export const EVENT_TYPE_RULE = `segments of letters, digits, "_" and "-" separated by dots, at most ${EVENT_TYPE_LIMIT} characters`;

const EVENT_TYPE = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

/** Whether the value is a well-formed name of an event type. */
export function isEventType(value: unknown): value is string {
  return typeof value === 'string' && value.length <= EVENT_TYPE_LIMIT && EVENT_TYPE.test(value);
}

/** Whether the value is a well-formed pattern: `*`, an event type, or an event type and `.*`. */
export function isEventTypePattern(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > EVENT_TYPE_LIMIT) return false;
  return value === '*' || isEventType(value.endsWith('.*') ? value.slice(0, -2) : value);
}

/**
 * Every pattern that matches an event type, the most exact first: `a.b` gives `a.b`, `a.*` and `*`.
 * `a.*` does not match `a` itself.
 */
export function patternsOf(type: string): string[] {
  const segments = type.split('.');
  const prefixes = segments.slice(1).map((_, cut) => `${segments.slice(0, cut + 1).join('.')}.*`);
  return [type, ...prefixes.toReversed(), '*'];
}

/** The candidate most like the name, unless more than half of the name differs. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closest(name, candidates);
  return distance(name, best) <= Math.max(2, name.length / 2) ? best : undefined;
}
