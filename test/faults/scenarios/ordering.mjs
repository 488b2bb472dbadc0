import { until } from '../support/until.mjs';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Processes die, and receivers fail, while events of several keys are sent, one of each key after the other. */
async function killedInOrder(world, { kills, events }, names) {
  const replicas = await world.startAll(names);
  await world.subscribe(replicas[0], 'shop');
  await world.subscribe(replicas[0], 'bank');
  await world.subscribe(replicas[0], 'brief', { retry: { delays: [50], jitter: 0 } });
  for (const path of world.subscriptions.values()) {
    world.receivers.script(path, () => (world.random() < 0.3 ? 503 : 204));
  }
  const share = Math.ceil(events / KEYS.length);
  const sends = KEYS.map((key) => sendInOrder(world, replicas, key, share));
  await Promise.all([...sends, killInTurn(world, replicas, { kills, events })]);
  await world.allEnded(60_000);
  for (const path of world.subscriptions.values()) {
    for (const key of KEYS) expectOrder(world, path, key);
  }
}

async function killInTurn(world, replicas, { kills, events }) {
  const { ledger } = world.receivers;
  for (let kill = 0; kill < kills; kill++) {
    const wanted = ledger.length + 1 + Math.floor((world.random() * events) / kills);
    const isOver = async () =>
      world.accepted.size >= events &&
      (await world.rows('SELECT id FROM %.deliveries WHERE ended_at IS NULL')).length === 0;
    await until('some arrive', async () => ledger.length >= wanted || isOver());
    const victim = Math.floor(world.random() * replicas.length);
    await world.kill(replicas[victim]);
    replicas[victim] = await world.start(`replica ${kill}`);
  }
}

/** Sends events of one key; one whose sender dies is repeated by another process before the next. */
async function sendInOrder(world, replicas, orderingKey, count) {
  for (let index = 0; index < count; index++) {
    const marker = `${orderingKey} ${index}`;
    await until(`${marker} is accepted`, async () => {
      const alive = replicas.filter(({ isAlive }) => isAlive);
      if (alive.length === 0) return false;
      const sender = alive[Math.floor(world.random() * alive.length)];
      try {
        const { eventId } = await sender.ask('send', { marker, key: marker, orderingKey });
        world.accepted.set(marker, eventId);
        return true;
      } catch (error) {
        if (sender.isAlive) throw error;
        return false;
      }
    });
  }
}

function expectOrder({ receivers }, path, key) {
  let last = null;
  for (const entry of receivers.ledger) {
    if (entry.path !== path || !entry.marker.startsWith(`${key} `)) continue;
    const number = Number(entry.marker.slice(2));
    if (last !== null && number < last.number) {
      throw new Error(`order: ${entry.marker} after ${key} ${last.number} at ${path}`);
    }
    if (last !== null && entry.arrivedAt < last.endedAt) {
      throw new Error(`order: ${entry.marker} during ${key} ${last.number} at ${path}`);
    }
    last = { number, endedAt: entry.endedAt };
  }
}

export const orderAmongReplicas = (world, size) =>
  killedInOrder(world, size, ['replica a', 'replica b', 'replica c']);

export const orderOfOneProcess = (world, size) => killedInOrder(world, size, ['the only one']);
