import { until } from '../support/until.mjs';

/** `kill -9` of the only process while it writes, as often as the run's `kills` says. */
export async function killedWhileWriting(world, { kills, events }) {
  const share = Math.ceil(events / kills);
  const keeper = await world.start('keeper');
  await world.subscribe(keeper, 'shop');
  await keeper.signal('SIGTERM');
  for (let kill = 0; kill < kills; kill++) {
    const victim = await world.start(`victim ${kill}`);
    const before = world.accepted.size;
    const part = 1 + Math.floor(world.random() * share);
    const sending = world.send(victim, 2 * share, `kill ${kill}`);
    await until('some are accepted', () => world.accepted.size >= before + part);
    await world.kill(victim);
    await sending;
  }
  const [{ integrity_check }] = await world.rows('PRAGMA integrity_check');
  if (integrity_check !== 'ok') throw new Error(`the file is damaged: ${integrity_check}`);
  await world.start('survivor');
  await world.allEnded();
}
