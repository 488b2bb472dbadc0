/**
 * Requests of one delivery that nothing explains: more than attempts, two in flight at once, or one after
 * a success although no death or timeout hid it.
 */
export function duplicatesOf({ id }, requests, attempts) {
  const found = [];
  if (requests.length > attempts.length) {
    found.push(`I6 ${id}: ${requests.length} requests in ${attempts.length} attempts`);
  }
  const hidden = attempts.filter(({ outcome }) => ['unknown', 'timeout'].includes(outcome)).length;
  const taken = requests.filter(({ answered }) => answered >= 200 && answered < 300).length;
  if (taken > 1 + hidden) found.push(`I6 ${id}: taken ${taken} times, ${hidden} ends unknown`);
  for (const [index, request] of requests.entries()) {
    if (index > 0 && request.arrivedAt < requests[index - 1].endedAt) {
      found.push(`I7 ${id}: request ${index + 1} while the one before was in flight`);
    }
  }
  return found;
}
