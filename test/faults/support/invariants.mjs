import { duplicatesOf } from './duplicates.mjs';

// Beyond what an answer's way, and a busy machine, may take.
const FRESH = 10_000;

/** What is wrong, by invariant, in ledger and tables when nothing is pending any more. */
export async function violationsOf(world) {
  const { ledger } = world.receivers;
  const events = await world.rows('SELECT id, body FROM %.events');
  const deliveries = await world.rows('SELECT * FROM %.deliveries');
  const attempts = await world.rows(
    'SELECT *, started_at::float8 AS at FROM %.attempts ORDER BY delivery_id, number',
  );
  const attemptsOf = groupBy(attempts);
  const found = { lost: [], unexplained: [], broken: [] };
  const broken = (text) => found.broken.push(text);

  for (const [marker, eventId] of world.accepted) {
    const own = deliveries.filter(({ event_id }) => event_id === eventId);
    if (own.length !== world.subscriptions.size) found.lost.push(`I1 ${marker}`);
  }
  for (const delivery of deliveries) {
    const requests = ledger.filter(
      ({ eventId, path }) =>
        eventId === delivery.event_id && path === world.subscriptions.get(delivery.subscription_id),
    );
    const tries = attemptsOf.get(delivery.id) ?? [];
    found.lost.push(...lostIn(delivery, requests));
    found.unexplained.push(...duplicatesOf(delivery, requests, tries));
    attemptsIn(delivery, tries, world, broken);
  }
  requestsIn(world, events, broken);
  return found;
}

function lostIn({ id, status, reason, event_id }, requests) {
  if (status === 'succeeded') {
    const taken = requests.some(
      ({ answered, valid }) => valid && answered >= 200 && answered < 300,
    );
    return taken ? [] : [`I1 ${id} of ${event_id} succeeded without a request`];
  }
  return status !== 'pending' && reason !== null ? [] : [`I1 ${id} is ${status} without a reason`];
}

function attemptsIn(delivery, tries, { delays }, broken) {
  const numbers = tries.map(({ number }) => number).join();
  const expected = Array.from({ length: delivery.attempts }, (_, index) => index + 1).join();
  if (numbers !== expected) broken(`I3 ${delivery.id}: attempts ${numbers}, not ${expected}`);
  if (tries.some(({ outcome }) => outcome === null)) broken(`I3 ${delivery.id}: no outcome`);
  if (tries.length > delays.length + 1) broken(`I8 ${delivery.id}: ${tries.length} tries`);
  for (const [index, { at }] of tries.entries()) {
    const gap = index === 0 ? Infinity : at - tries[index - 1].at;
    if (gap < delays[index - 1]) broken(`I8 ${delivery.id}: try ${index + 1} after ${gap} ms`);
  }
}

function requestsIn({ receivers, refused, accepted, inDoubt }, events, broken) {
  const hashes = new Map();
  const known = new Set(events.map(({ id }) => id));
  for (const { eventId, marker, valid, hash, skew } of receivers.ledger) {
    if (refused.has(marker)) broken(`I2 ${marker} was refused, and arrived`);
    const eventOf = accepted.get(marker);
    if (eventOf === undefined ? !inDoubt.has(marker) : eventOf !== eventId) {
      broken(`I2 ${marker} arrived as ${eventId}`);
    }
    if (!known.has(eventId)) broken(`I2 ${eventId} is in no table`);
    if (!valid) broken(`I5 ${eventId}: signature`);
    if ((hashes.get(eventId) ?? hash) !== hash) broken(`I5 ${eventId}: other bytes`);
    hashes.set(eventId, hash);
    if (Math.abs(skew) > FRESH) broken(`I5 ${eventId}: stamped ${skew} ms off`);
  }
}

function groupBy(attempts) {
  const groups = new Map();
  for (const attempt of attempts) {
    const group = groups.get(attempt.delivery_id) ?? [];
    groups.set(attempt.delivery_id, [...group, attempt]);
  }
  return groups;
}
