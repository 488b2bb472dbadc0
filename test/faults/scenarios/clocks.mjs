const HOUR = 60 * 60 * 1_000;
const EVENTS = 30;

/** One of three processes has the wrong time; the first try of everything fails. */
async function wrongClock(world, wrongBy) {
  world.giveTime();
  const [a, b] = await world.startAll(['right a', 'right b']);
  const wrong = await world.start('wrong', { wrongBy });
  await world.subscribe(a, 'shop');
  const seen = new Set();
  world.receivers.script('shop', (_, { eventId }) => {
    if (seen.has(eventId)) return 204;
    seen.add(eventId);
    return 503;
  });
  const sends = [a, b, wrong].map((one) => world.send(one, EVENTS, `by ${one.name}`));
  await Promise.all(sends);
  await world.allEnded();
  const off = await world.rows(
    `SELECT delivery_id, string_agg(outcome || ' ' || coalesce(error, ''), ', ') AS told
      FROM %.attempts GROUP BY delivery_id HAVING count(*) <> 2`,
  );
  if (off.length > 0) throw new Error(`I3 ${off[0].delivery_id}: ${off[0].told}`);
  const { length } = world.receivers.ledger;
  if (length !== 6 * EVENTS) throw new Error(`I6 ${length} requests, not ${6 * EVENTS}`);
}

export const clockAhead = (world) => wrongClock(world, HOUR);
export const clockBehind = (world) => wrongClock(world, -HOUR);
