/**
 * Requests of one delivery that nothing explains: more than one in an attempt, two in flight at once, or
 * one after a success although no death or timeout hid it.
 */
export function duplicatesOf({ id }, requests, attempts) {
  const found = [];
  const hidden = attempts.filter(({ outcome }) => ['unknown', 'timeout'].includes(outcome)).length;
  const taken = requests.filter(({ answered }) => answered >= 200 && answered < 300).length;
  if (taken > 1 + hidden) found.push(`I6 ${id}: taken ${taken} times, ${hidden} ends unknown`);
  const starts = attempts.map(({ started_at }) => Number(started_at));
  const used = new Set();
  for (const [index, { arrivedAt }] of requests.entries()) {
    // Of the attempts begun so far the last: one that it follows has ended.
    const attempt = starts.filter((start) => start <= arrivedAt).length;
    if (attempt === 0) found.push(`I3 ${id}: request ${index + 1} before any attempt`);
    if (used.has(attempt)) found.push(`I6 ${id}: two requests in attempt ${attempt}`);
    used.add(attempt);
    if (index > 0 && arrivedAt < requests[index - 1].endedAt) {
      found.push(`I7 ${id}: request ${index + 1} while the one before was in flight`);
    }
  }
  return found;
}
