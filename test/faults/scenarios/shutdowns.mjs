import { setTimeout as wait } from 'node:timers/promises';

const EVENTS = 8;

/** SIGTERM while requests are in flight that end soon, late and never, and more are sent. */
export async function toldToEnd(world) {
  world.options = { ...world.options, timeout: 20_000, shutdownGrace: 1_500 };
  const { receivers } = world;
  const victim = await world.start('victim');
  for (const path of ['fast', 'slow', 'hanging']) await world.subscribe(victim, path);
  receivers.script('slow', () => wait(400, 204));
  receivers.script('hanging', () => 'hang');
  await world.send(victim, EVENTS, 'before');
  await world.arrived(EVENTS + 1 + Math.floor(world.random() * EVENTS));
  const sending = world.send(victim, EVENTS, 'meanwhile');
  const { code, signal } = await victim.signal('SIGTERM');
  if (code !== 0) throw new Error(`I13 ended with ${code ?? signal}`);
  await sending;
  const unfinished = await world.rows('SELECT delivery_id FROM %.attempts WHERE outcome IS NULL');
  if (unfinished.length > 0) throw new Error(`I13 ${unfinished.length} attempts without an end`);
  receivers.script('hanging', () => 204);
  await world.start('survivor');
  await world.allEnded();
  const taken = new Set();
  for (const { path, eventId, answered } of receivers.ledger) {
    if (answered !== 204) continue;
    if (taken.has(`${path} ${eventId}`)) throw new Error(`I13 ${eventId} was taken twice`);
    taken.add(`${path} ${eventId}`);
  }
}
