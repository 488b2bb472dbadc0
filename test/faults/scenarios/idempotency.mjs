const KEYS = 20;

/** Three processes send the same, with the same key, at once. */
export async function sameKeyAtOnce(world) {
  world.giveTime();
  const replicas = await world.startAll(['replica a', 'replica b', 'replica c']);
  await world.subscribe(replicas[0], 'shop');
  for (let index = 0; index < KEYS; index++) {
    const marker = `key ${index}`;
    const sends = world.shuffled([...replicas, ...replicas]);
    const answers = await Promise.all(
      sends.map((replica) => replica.ask('send', { marker, key: marker })),
    );
    const ids = new Set(answers.map(({ eventId }) => eventId));
    if (ids.size !== 1) throw new Error(`${marker} is ${ids.size} events`);
    world.accepted.set(marker, [...ids][0]);
  }
  await world.allEnded();
  const events = await world.rows('SELECT id FROM %.events');
  if (events.length !== KEYS) throw new Error(`${events.length} events of ${KEYS} keys`);
  await world.expectNoRepeat('shop');
}
