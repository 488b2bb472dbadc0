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

/** The same delivery, five processes. */
export async function killedFiveTimes(world) {
  world.receivers.script('shop', () => (deaths < 5 ? 'hang' : 204));
  let deaths = 0;
  let victim = await world.start('victim 0');
  await world.subscribe(victim, 'shop');
  await world.sendOne(victim, 'the only one');
  for (; deaths < 5;) {
    const { ledger } = world.receivers;
    await until('the request arrives', () => ledger.length > deaths);
    await world.kill(victim);
    deaths++;
    victim = await world.start(`victim ${deaths}`);
  }
  await world.allEnded();
  const attempts = await world.rows('SELECT outcome FROM %.attempts ORDER BY number');
  const outcomes = attempts.map(({ outcome }) => outcome).join();
  const expected = 'unknown,unknown,unknown,unknown,unknown,success';
  if (outcomes !== expected) throw new Error(`I3 the attempts ended ${outcomes}`);
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
