import { setTimeout as wait } from 'node:timers/promises';
import { Proxy } from '../support/proxy.mjs';
import { until } from '../support/until.mjs';

const EVENTS = 10;

/** One process reaches the database by way of a proxy, another one directly. */
async function byProxy(world, run, settings = {}) {
  const proxy = await Proxy.start(world.database.cluster.port);
  try {
    const url = proxy.urlOf(world.database.settings.url);
    const near = await world.start('direct');
    await world.subscribe(near, 'shop');
    const far = await world.start('by proxy', { database: { url, ...settings } });
    await run(proxy, far, near);
  } finally {
    await proxy.close();
  }
}

/** Every connection breaks, again and again. */
export async function connectionCut(world) {
  await byProxy(world, async (proxy, far, near) => {
    for (let cut = 0; cut < 8; cut++) {
      const sending = world.trySend(far, EVENTS, `cut ${cut}`);
      await wait(world.random() * 40);
      proxy.cut();
      await sending;
    }
    await world.repeatDoubtful(near);
    await world.allEnded();
    await until('it listens again', () => world.database.isListening(far.name));
  });
}

/** Answers come so late that the leases of what was claimed have run out. */
export async function connectionStalled(world) {
  await byProxy(world, async (proxy, far, near) => {
    world.receivers.script('shop', () => wait(100, 204));
    const { timeout, leaseMargin, sweepInterval } = world.options;
    for (let stall = 0; stall < 3; stall++) {
      const sending = world.trySend(far, EVENTS, `stalled ${stall}`);
      await wait(world.random() * 30);
      proxy.stall();
      const more = world.send(near, EVENTS, `meanwhile ${stall}`);
      // The other process must have taken over what this one holds.
      await wait(timeout + leaseMargin + sweepInterval + world.random() * 400);
      proxy.flow();
      await Promise.all([sending, more]);
    }
    await world.repeatDoubtful(near);
    await world.allEnded();
  });
}

/** Every piece of data takes its time, and nothing else happens. */
export async function connectionSlow(world) {
  world.giveTime();
  await byProxy(world, async (proxy, far, near) => {
    proxy.latency = 20 + world.random() * 60;
    await Promise.all([
      world.send(far, 3 * EVENTS, 'from afar'),
      world.send(near, 3 * EVENTS, 'from near'),
    ]);
    await world.allEnded();
    await world.expectNoRepeat('shop');
  });
}

/** The connections are dead, and neither side is told. */
export async function connectionForgotten(world) {
  const statementTimeout = 3_000;
  const run = async (proxy, far, near) => {
    await near.signal('SIGTERM');
    for (let time = 0; time < 2; time++) {
      const sending = world.trySend(far, EVENTS, `forgotten ${time}`);
      await wait(world.random() * 60);
      proxy.forget();
      await sending;
      await world.repeatDoubtful(far);
      await world.allEnded(world.resumption + 2 * statementTimeout);
    }
  };
  await byProxy(world, run, { store: { statementTimeout } });
}
