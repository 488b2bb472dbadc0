import { randomBytes } from 'node:crypto';

const EVENTS = 20;

/** Two processes retry for a receiver that only fails; another receiver is well. */
async function retrying(world) {
  world.giveTime();
  const replicas = await world.startAll(['replica a', 'replica b']);
  const id = await world.subscribe(replicas[0], 'shop');
  await world.subscribe(replicas[0], 'bank');
  world.receivers.script('shop', () => 503);
  await world.send(replicas[0], EVENTS, 'order');
  return { id, replica: replicas[1] };
}

/** Waits until some requests more have arrived. */
async function someMore(world) {
  const { ledger } = world.receivers;
  await world.arrived(ledger.length + 1 + Math.floor(world.random() * EVENTS));
}

async function now(world) {
  const [row] = await world.rows(
    'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
  );
  return row.now;
}

async function endedInRetries(world, command, reason) {
  const { id, replica } = await retrying(world);
  await world.arrived(2 * EVENTS);
  await someMore(world);
  await replica.ask(command, { id });
  const end = await now(world);
  await world.allEnded();
  const deliveries = await world.rows(
    `SELECT d.id, d.status, d.reason, max(a.started_at)::float8 AS last, d.ended_at::float8 AS ended
      FROM %.deliveries d JOIN %.attempts a ON a.delivery_id = d.id
      WHERE d.subscription_id = $1 GROUP BY d.id`,
    [id],
  );
  for (const delivery of deliveries) {
    const told = `${delivery.status}, ${delivery.reason}`;
    if (told !== `cancelled, ${reason}`) throw new Error(`I4 ${delivery.id} is ${told}`);
    const late = delivery.last > Math.min(end, delivery.ended);
    if (late) throw new Error(`I4 ${delivery.id} was tried after the end`);
  }
}

export async function disabledInRetries(world) {
  await endedInRetries(world, 'disable', 'subscription disabled');
}

export async function deletedInRetries(world) {
  await endedInRetries(world, 'delete', 'subscription deleted');
}

/** Retries are signed with the new secret too, and with that alone when the old ones have ended. */
export async function secretRotatedInRetries(world) {
  const { id, replica } = await retrying(world);
  const { secrets, ledger } = world.receivers;
  const turns = [];
  let valid = secrets.get('shop');
  for (const overlap of [60_000, 0]) {
    await someMore(world);
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    secrets.set('shop', [...secrets.get('shop'), secret]);
    const from = await now(world);
    await replica.ask('rotate', { id, overlap, secret });
    valid = overlap === 0 ? [secret] : [...valid, secret];
    turns.push({ from, until: await now(world), valid });
  }
  await someMore(world);
  world.receivers.script('shop', () => 204);
  await world.allEnded();
  const attempts = await world.rows(
    `SELECT d.event_id, a.started_at::float8 AS start FROM %.attempts a
      JOIN %.deliveries d ON d.id = a.delivery_id WHERE d.subscription_id = $1`,
    [id],
  );
  for (const { path, eventId, arrivedAt, signedWith } of ledger) {
    if (path !== 'shop') continue;
    const own = attempts.filter(
      ({ event_id, start }) => event_id === eventId && start <= arrivedAt,
    );
    const start = Math.max(...own.map((attempt) => attempt.start));
    if (turns.some(({ from, until }) => start >= from && start <= until)) continue;
    const turn = turns.findLast(({ until }) => start > until);
    if (turn === undefined || signedWith.join() === turn.valid.join()) continue;
    throw new Error(`I5 ${eventId}: ${signedWith.length} signatures, not ${turn.valid.length}`);
  }
}
