import { until } from '../support/until.mjs';

const EVENTS = 5;
const SUBSCRIPTIONS = {
  'secrets no JSON': { secrets: 'whsec' },
  'secrets of another form': { secrets: '{"value":1}' },
  'secrets null': { secrets: 'null' },
  'secret that is none': { secrets: '[{"value":"whsec_?","createdAt":1,"expiresAt":null}]' },
  'unknown key': { secrets: 'enc:v1:lost:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
  'headers no JSON': { headers: '{' },
  'headers of another form': { headers: '[1]' },
  'header that is none': { headers: '{"x-note":"one\\ntwo"}' },
  'credentials of another form': { credentials: '{"auth":5}' },
  'unknown credentials': { credentials: '{"auth":{"type":"badge"}}' },
  'metadata no JSON': { metadata: 'none' },
  'retry of another form': { retry: '"often"' },
  'retry without numbers': { retry: '{"delays":["soon"],"jitter":0}' },
  'filter of another form': { filter: '"all"' },
  'filter unknown': { filter: '{"field":"id","op":"like","value":"x"}' },
  'no URL': { url: 'nowhere' },
};
const EVENT = '(SELECT event_id FROM %.deliveries WHERE id = $1)';
const DELIVERIES = {
  'event is gone': `DELETE FROM %.events WHERE id = ${EVENT}`,
  'unknown method': `UPDATE %.events SET method = 'te le' WHERE id = ${EVENT}`,
  'no event type': `UPDATE %.deliveries SET event_type = 'a\nb' WHERE id = $1`,
  'unknown status': `UPDATE %.deliveries SET status = 'limbo' WHERE id = $1`,
  'impossible count': 'UPDATE %.deliveries SET tries = -7 WHERE id = $1',
};
const POSTGRES_DELIVERIES = {
  'body is gone': `UPDATE %.events SET body = NULL WHERE id = ${EVENT}`,
  'unknown subscription': `UPDATE %.deliveries SET subscription_id = 'sub_gone' WHERE id = $1`,
};

/** Subscriptions that cannot be read: what is for them ends, saying why, and all else goes on. */
export async function poisonSubscriptions(world) {
  const replica = await world.start('replica');
  await world.subscribe(replica, 'shop');
  for (const [name, columns] of world.shuffled(Object.entries(SUBSCRIPTIONS))) {
    const id = await world.subscribe(replica, encodeURIComponent(name));
    for (const [column, value] of Object.entries(columns)) {
      await world.rows(`UPDATE %.subscriptions SET ${column} = $2 WHERE id = $1`, [id, value]);
    }
  }
  await world.send(replica, EVENTS, 'to them');
  await world.allEnded();
  await world.send(replica, EVENTS, 'after them');
  await world.allEnded();
  await world.expectNoRepeat('shop');
}

/** Deliveries and events that make no sense, between two tries. */
export async function poisonDeliveries(world) {
  const replica = await world.start('replica');
  const retry = { delays: [2_000, 50], jitter: 0 };
  await world.subscribe(replica, 'shop', { retry });
  world.receivers.script('shop', (number) => (number <= count ? 503 : 204));
  const isPostgres = world.database.settings.kind === 'postgres';
  const poisons = { ...DELIVERIES, ...(isPostgres && POSTGRES_DELIVERIES) };
  const names = world.shuffled(Object.keys(poisons));
  const count = names.length;
  for (const name of names) await world.sendOne(replica, name);
  await world.arrived(count);
  const ended = `SELECT delivery_id FROM %.attempts WHERE outcome IS NOT NULL`;
  await until('the first tries end', async () => (await world.rows(ended)).length === count);
  for (const name of names) {
    const eventId = world.accepted.get(name);
    const [{ id }] = await world.rows('SELECT id FROM %.deliveries WHERE event_id = $1', [eventId]);
    await world.rows(poisons[name], [id]);
  }
  world.removed.add(world.accepted.get('event is gone'));
  await world.send(replica, EVENTS, 'after them');
  await world.allEnded();
}
