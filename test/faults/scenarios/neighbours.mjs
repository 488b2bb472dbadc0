import { until } from '../support/until.mjs';

const EVENTS = 1_000;

/** Of two receivers one never answers; the other one must not notice. */
export async function deadNeighbour(world) {
  world.options = { ...world.options, breaker: { failures: 10 }, timeout: 500 };
  const replica = await world.start('replica');
  const dead = await world.subscribe(replica, 'dead');
  const well = await world.subscribe(replica, 'well');
  world.receivers.script('dead', () => 'hang');
  const { ledger } = world.receivers;
  // In portions, so that what waits for the dead one is always older.
  for (let sent = 0; sent < EVENTS; sent += 100) await world.send(replica, 100, `from ${sent}`);
  const pendingOf = async (id) => {
    const sql = `SELECT count(*)::int FROM %.deliveries WHERE subscription_id = $1 AND status = $2`;
    const [{ count }] = await world.rows(sql, [id, 'pending']);
    return count;
  };
  await until('all of the healthy one end', async () => (await pendingOf(well)) === 0);
  await world.expectNoRepeat('well');
  const waiting = await pendingOf(dead);
  // It was tried, and what it kept waiting was its own alone.
  const tried = ledger.filter(({ path }) => path === 'dead').length;
  if (tried === 0 || waiting < EVENTS / 2) throw new Error(`I9 ${tried} tried, ${waiting} waiting`);
  const latest = await world.rows(
    `SELECT max(a.started_at - d.created_at)::int AS wait FROM %.deliveries d
      JOIN %.attempts a ON a.delivery_id = d.id WHERE d.subscription_id = $1`,
    [well],
  );
  if (latest[0].wait > world.resumption) throw new Error(`I9 one waited ${latest[0].wait} ms`);
  await replica.ask('delete', { id: dead });
  await world.allEnded();
}
