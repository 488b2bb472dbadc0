import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../support/until.mjs';

const EVENTS = 10;

/** The database takes no writes for a while, and a request is in flight then. */
export async function readOnly(world) {
  world.giveTime();
  const replica = await world.start('replica');
  await world.subscribe(replica, 'shop');
  const answers = holdAnswers(world);
  await world.send(replica, EVENTS, 'before');
  await world.arrived(1);
  await setReadOnly(world, 'on');
  answers();
  await world.trySend(replica, EVENTS, 'meanwhile');
  if (world.refused.size !== EVENTS) throw new Error('I2 sends were taken by what is read-only');
  await wait(1_000 + world.random() * 500);
  await setReadOnly(world, 'off');
  await world.send(replica, EVENTS, 'afterwards');
  await world.allEnded();
  await world.expectNoRepeat('shop');
}

/** The application holds every connection of the pool for a while. */
export async function poolExhausted(world) {
  const pool = { max: 2, connectionTimeoutMillis: 3_000 };
  world.giveTime();
  const replica = await world.start('replica', { database: { pool } });
  await world.subscribe(replica, 'shop');
  const answers = holdAnswers(world);
  await world.send(replica, EVENTS, 'before');
  await world.arrived(1);
  // One of the two listens.
  await replica.ask('hold', { count: 1 });
  answers();
  await world.trySend(replica, EVENTS, 'meanwhile');
  if (world.inDoubt.size !== EVENTS) throw new Error('I2 sends were taken without a connection');
  for (const marker of world.inDoubt) world.refused.add(marker);
  world.inDoubt.clear();
  await wait(1_000 + world.random() * 500);
  await replica.ask('giveBack');
  await world.send(replica, EVENTS, 'afterwards');
  await world.allEnded();
  await world.expectNoRepeat('shop');
}

function holdAnswers({ receivers }) {
  let open;
  const opened = new Promise((resolve) => (open = () => resolve(204)));
  receivers.script('shop', () => opened);
  return open;
}

async function setReadOnly({ database }, value) {
  await database.rows(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
  await database.rows('SELECT pg_reload_conf()');
  const state = async () => (await database.rows('SHOW default_transaction_read_only'))[0];
  await until(`read-only is ${value}`, async () => {
    return (await state()).default_transaction_read_only === value;
  });
}
