import { setTimeout as wait } from 'node:timers/promises';
import { withRedis } from '../support/redis.server.mjs';

const NAMES = ['replica a', 'replica b', 'replica c'];
const EVENTS_FOR_EACH = 5;

/** Three processes share a database and a queue; one of all these dies and comes back, again and again. */
export async function threeReplicas(world, { kills, events }) {
  await withRedis(undefined, async (redis) => {
    world.queue = { url: redis.url, queueName: 'hints' };
    const replicas = await world.startAll(NAMES);
    for (const path of ['shop', 'bank']) await world.subscribe(replicas[0], path);
    const share = Math.ceil((events * EVENTS_FOR_EACH) / kills / (NAMES.length - 1));
    for (let fault = 0; fault < kills; fault++) {
      const victim = Math.floor(world.random() * NAMES.length);
      const spared = replicas.filter((_, index) => index !== victim);
      const sending = spared.map((one) => world.trySend(one, share, `${fault} by ${one.name}`));
      await wait(world.random() * 300);
      const kill = FAULTS[Math.floor(world.random() * FAULTS.length)];
      await kill({ world, redis, replicas, victim, name: `replica ${fault}` });
      await Promise.all(sending);
      await world.repeatDoubtful(spared[0]);
    }
    await world.allEnded(60_000);
  });
}

async function killReplica({ world, replicas, victim, name }) {
  await world.kill(replicas[victim]);
  replicas[victim] = await world.start(name);
}

async function killRedis({ world, redis }) {
  world.kills++;
  await redis.kill();
  await redis.start();
}

async function crashPostgres({ world }) {
  world.kills++;
  await world.restart('immediate');
}

// Processes die more often than what they share.
const FAULTS = [killReplica, killReplica, killRedis, crashPostgres];
