// Backlogs, made by the application's own means and the port of the store.
import { EVENT_TYPE, payloadOf } from './event.mjs';
import { subscribe } from './sending.app.mjs';

const TENANT = 'all';
const MANY = 1_000_000;
const BATCH = 1_000;

/** Addresses for so many subscriptions. */
export function addresses(urls, count) {
  return Array.from({ length: count }, (_, index) => `${urls[index % urls.length]}/${index}`);
}

export function subscribeAll(webhooks, urls) {
  return subscribe(webhooks, urls, () => TENANT);
}

/** Accepts so many events, each for all subscriptions. */
export async function accept(webhooks, events) {
  for (let number = 0; number < events; number++) {
    await webhooks.send(EVENT_TYPE, payloadOf(number, 0), { tenant: TENANT });
  }
}

export function claim(store, limit, perSubscription = MANY) {
  const room = new Map();
  const shares = { laterShare: 0, laterLimit: 0 };
  return store.claim({ limit, ...shares, lease: 60_000, perSubscription, room });
}

export async function settle(store, claims, outcome, nextOf) {
  const success = outcome === 'success';
  const result = { outcome, duration: 1, status: success ? 204 : 503, answer: null, error: null };
  const settlements = claims.map(({ delivery }) => ({
    deliveryId: delivery.id,
    attempt: delivery.attempts,
    result,
    next: nextOf(),
    disable: null,
  }));
  await store.settle(settlements);
}

/** Fails the first attempt of all that is pending; `dueIn` says when each is tried again. */
export async function failAll(store, dueIn) {
  for (;;) {
    const { claims } = await claim(store, BATCH);
    if (claims.length === 0) return;
    await settle(store, claims, 'http', () => ({ status: 'pending', dueIn: dueIn() }));
  }
}

/** When each delivery is due that is due before `until`, by the key under which it will arrive. */
export async function dueTimes(store, subscriptionIds, until) {
  const pathOf = new Map(subscriptionIds.map((id, index) => [id, `/hooks/${index}`]));
  const times = new Map();
  let after = null;
  for (;;) {
    const page = await store.listDeliveries(TENANT, {}, { after, limit: 10_000 });
    for (const { eventId, subscriptionId, dueAt } of page) {
      if (dueAt < until) times.set(`${eventId} ${pathOf.get(subscriptionId)}`, dueAt);
    }
    if (page.length === 0) return times;
    after = page.at(-1).id;
  }
}
