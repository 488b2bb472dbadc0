import { until } from '../support/until.mjs';

const POINTS = [
  'in accept',
  'after accept',
  'in claim',
  'after claim',
  'before http',
  'after answer',
  'before settle',
  'in settle',
  'after settle',
];

/** `kill -9` where it hurts, once at each point. */
export async function killedAtEachPoint(world) {
  const keeper = await world.start('keeper', { options: { sweepInterval: 3_600_000 } });
  await world.subscribe(keeper, 'shop');
  await keeper.signal('SIGTERM');
  for (const point of POINTS) {
    const pass = 1 + Math.floor(world.random() * 5);
    const victim = await world.start(point, { kill: { point, pass } });
    const sending = world.send(victim, 10, point);
    await world.died(victim);
    await sending;
  }
  await world.start('survivor');
  await world.allEnded();
}

/** The same two deliveries, five processes: each death is a try, so that one schedule is used up. */
export async function killedFiveTimes(world) {
  let deaths = 0;
  for (const [path, afterwards] of Object.entries({ patient: 204, brief: 503 })) {
    world.receivers.script(path, () => (deaths < 5 ? 'hang' : afterwards));
  }
  let victim = await world.start('victim 0');
  await world.subscribe(victim, 'patient');
  const retry = { delays: world.delays.slice(0, 5), jitter: 0 };
  const brief = await world.subscribe(victim, 'brief', { retry });
  await world.sendOne(victim, 'the only one');
  for (; deaths < 5;) {
    const arrivals = (path) => world.receivers.ledger.filter((entry) => entry.path === path).length;
    await until('both arrive', () => Math.min(arrivals('patient'), arrivals('brief')) > deaths);
    await world.kill(victim);
    deaths++;
    victim = await world.start(`victim ${deaths}`);
  }
  await world.allEnded();
  const deliveries = await world.rows('SELECT * FROM %.deliveries');
  for (const { id, subscription_id, status, reason } of deliveries) {
    const attempts = await world.rows(
      'SELECT outcome FROM %.attempts WHERE delivery_id = $1 ORDER BY number',
      [id],
    );
    const outcomes = attempts.map(({ outcome }) => outcome);
    const told = `${status}, ${reason}, ${outcomes.join()}`;
    const isBrief = subscription_id === brief;
    const ending = isBrief ? 'exhausted, no try is left' : 'succeeded, null';
    const isRight = told.startsWith(ending) && (!isBrief || outcomes.length === 6);
    const died = outcomes.filter((outcome) => outcome === 'unknown').length;
    if (!isRight || died < 5) throw new Error(`I3 ${told}`);
  }
}

/** Any process, at any time, over a stream of events. */
export async function killedAtRandom(world, { kills, events }) {
  const share = Math.ceil(events / kills);
  const replicas = [await world.start('replica a'), await world.start('replica b')];
  await world.subscribe(replicas[0], 'shop');
  await world.subscribe(replicas[0], 'bank');
  for (let kill = 0; kill < kills; kill++) {
    const victim = Math.floor(world.random() * 2);
    const before = world.receivers.ledger.length;
    const arrivals = Math.floor(world.random() * share * 2);
    const sending = world.send(replicas[1 - victim], share, `kill ${kill}`);
    await until('some arrive', () => world.receivers.ledger.length >= before + arrivals);
    await world.kill(replicas[victim]);
    await sending;
    replicas[victim] = await world.start(`replica ${kill}`);
  }
  await world.allEnded(60_000);
}
