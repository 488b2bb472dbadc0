import { duplicatesOf } from './duplicates.mjs';

// Beyond what an answer's way, and a busy machine, may take.
const FRESH = 10_000;

/** What is wrong, by invariant, in ledger and tables when nothing is pending any more. */
export async function violationsOf(world) {
  const { ledger } = world.receivers;
  const events = await world.rows('SELECT id FROM %.events');
  const deliveries = await world.rows('SELECT * FROM %.deliveries');
  const attempts = await world.rows('SELECT * FROM %.attempts ORDER BY delivery_id, number');
  const attemptsOf = groupBy(attempts, 'delivery_id');
  const requestsOf = groupBy(ledger, 'eventId');
  const found = { lost: [], unexplained: [], broken: [] };
  const broken = (text) => found.broken.push(text);

  const deliveriesOf = groupBy(deliveries, 'event_id');
  for (const [marker, eventId] of world.accepted) {
    const own = deliveriesOf.get(eventId) ?? [];
    if (own.length !== world.subscriptions.size) found.lost.push(`I1 ${marker}`);
  }
  for (const delivery of deliveries) {
    const path = world.subscriptions.get(delivery.subscription_id);
    const requests = (requestsOf.get(delivery.event_id) ?? []).filter((one) => one.path === path);
    const tries = attemptsOf.get(delivery.id) ?? [];
    found.lost.push(...lostIn(delivery, requests));
    found.unexplained.push(...duplicatesOf(delivery, requests, tries));
    attemptsIn(delivery, tries, world, broken);
  }
  requestsIn(world, events, broken);
  for (const { name, end, mayEnd } of world.senders) {
    if (end !== undefined && !mayEnd) broken(`${name} ended by itself: ${JSON.stringify(end)}`);
  }
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
  for (const [index, { started_at }] of tries.entries()) {
    const gap = index === 0 ? Infinity : Number(started_at) - Number(tries[index - 1].started_at);
    if (gap < delays[index - 1]) broken(`I8 ${delivery.id}: try ${index + 1} after ${gap} ms`);
  }
}

function requestsIn(world, events, broken) {
  const { receivers, refused, accepted, inDoubt, removed, wrongBy } = world;
  const hashes = new Map();
  const known = new Set(events.map(({ id }) => id));
  for (const { eventId, marker, agent, valid, hash, skew } of receivers.ledger) {
    if (refused.has(marker)) broken(`I2 ${marker} was refused, and arrived`);
    const eventOf = accepted.get(marker);
    if (eventOf === undefined ? !inDoubt.has(marker) : eventOf !== eventId) {
      broken(`I2 ${marker} arrived as ${eventId}`);
    }
    if (!known.has(eventId) && !removed.has(eventId)) broken(`I2 ${eventId} is in no table`);
    if (!valid) broken(`I5 ${eventId}: signature`);
    if ((hashes.get(eventId) ?? hash) !== hash) broken(`I5 ${eventId}: other bytes`);
    hashes.set(eventId, hash);
    const off = skew - wrongBy.get(agent);
    if (Math.abs(off) > FRESH) broken(`I5 ${eventId}: stamped ${off} ms off`);
  }
}

function groupBy(list, key) {
  const groups = new Map();
  for (const item of list) {
    const group = groups.get(item[key]);
    if (group === undefined) groups.set(item[key], [item]);
    else group.push(item);
  }
  return groups;
}
