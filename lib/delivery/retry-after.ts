/**
 * Milliseconds that a `retry-after` header asks to wait, in seconds or as a date (RFC 9110, 10.2.3).
 * Null for a header that is absent, malformed or in the past; at most `limit`.
 */
export function parseRetryAfter(header: string | null, now: number, limit: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, limit);
  // Date.parse takes much that is no HTTP date, such as '5' or '-1': only the three forms of the RFC.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return null;
  const wait = Date.parse(text) - now;
  return wait > 0 ? Math.min(wait, limit) : null;
}
