import { setTimeout as wait } from 'node:timers/promises';
import { Proxy } from '../support/proxy.mjs';
import { withRedis } from '../support/redis.server.mjs';
import { until } from '../support/until.mjs';
import { clockAhead, clockBehind } from './clocks.mjs';
import { killedFiveTimes } from './kills.mjs';

const EVENTS = 20;
const NEVER = 3_600_000;
// Longer than the engine takes to notice dead connections and to make new ones.
const PATIENCE = 60_000;

/**
 * One process accepts, a second one delivers what the queue tells it and nothing else, and a third one
 * knows no queue and sweeps.
 */
async function onQueue(world, run, options) {
  world.giveTime();
  await withRedis(options, async (server) => {
    const proxy = await Proxy.start(server.port);
    try {
      world.queue = { url: proxy.urlOf(server.url), queueName: 'hints' };
      const quiet = { store: { listen: false } };
      const hearing = { sweepInterval: NEVER, role: 'deliver' };
      const shop = await world.start('shop', { options: { role: 'accept' } });
      await world.subscribe(shop, 'receiver');
      await world.start('hearer', { options: hearing, database: quiet });
      await hintsArrive(world, shop, 'before');
      const sweeper = await world.start('sweeper', { queue: null });
      await run({ server, proxy, shop });
      await world.allEnded();
      await sweeper.signal('SIGTERM');
      await hintsArrive(world, shop, 'after');
      await world.start('last', { queue: null });
      await world.allEnded();
      await world.expectNoRepeat('receiver');
    } finally {
      await proxy.close();
    }
  });
}

/** Sends until an event arrives by way of the queue: hints of an outage are dropped. */
async function hintsArrive(world, shop, when) {
  const { ledger } = world.receivers;
  const before = ledger.length;
  let sent = 0;
  const arrived = async () => {
    if (ledger.length > before) return true;
    await world.sendOne(shop, `${when} ${sent++}`);
    await wait(200);
    return false;
  };
  await until(`hints arrive ${when}`, arrived, PATIENCE);
}

/** `kill -9` in the midst of sends; more are sent while it is away. */
async function killed(world, options) {
  const run = async ({ server, shop }) => {
    for (let kill = 0; kill < 3; kill++) {
      const sending = world.send(shop, EVENTS, `kill ${kill}`);
      await wait(world.random() * 40);
      await server.kill();
      await sending;
      await world.send(shop, EVENTS, `away ${kill}`);
      await server.start();
    }
  };
  await onQueue(world, run, options);
}

export const redisKilled = (world) => killed(world);
export const redisKilledWithLog = (world) => killed(world, ['--appendonly', 'yes']);

/** Everything in it is gone, again and again. */
export async function redisEmptied(world) {
  await onQueue(world, async ({ server, shop }) => {
    for (let time = 0; time < 5; time++) {
      const sending = world.send(shop, EVENTS, `emptied ${time}`);
      await wait(world.random() * 40);
      await server.command('FLUSHALL');
      await sending;
    }
  });
}

/** It takes nothing more, and says so. */
export async function redisFull(world) {
  await onQueue(world, async ({ server, shop }) => {
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    await world.send(shop, EVENTS, 'full');
    await world.allEnded();
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
  });
}

/** Every piece of data takes its time. */
export async function redisSlow(world) {
  await onQueue(world, async ({ proxy, shop }) => {
    proxy.latency = 200 + world.random() * 300;
    await world.send(shop, 3 * EVENTS, 'slow');
  });
}

/** The connections are dead, and neither side is told. */
export async function redisHalfOpen(world) {
  await onQueue(world, async ({ proxy, shop }) => {
    proxy.forget();
    await world.send(shop, EVENTS, 'half-open');
  });
}

/** Runs a scenario of the store's with a queue that all its processes share. */
function withQueue(run) {
  return (world) =>
    withRedis(undefined, async ({ url }) => {
      world.queue = { url, queueName: 'hints' };
      await run(world);
    });
}

export const redisKillSameDelivery = withQueue(killedFiveTimes);
export const redisClockAhead = withQueue(clockAhead);
export const redisClockBehind = withQueue(clockBehind);
