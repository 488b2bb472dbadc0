import type { SubscriptionRecord } from './subscription.record.js';

/** How many claims of a subscription may be held at once when none is held yet. */
export function roomOfIdle(
  subscription: Pick<SubscriptionRecord, 'concurrency' | 'rateLimit'> | null,
  perSubscription: number,
): number {
  const { concurrency = null, rateLimit = null } = subscription ?? {};
  const perSecond = rateLimit === null ? Infinity : Math.max(1, Math.floor(rateLimit));
  return Math.min(concurrency ?? perSubscription, perSecond);
}
