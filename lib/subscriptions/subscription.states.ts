import type { SubscriptionRecord } from '../store/subscription.record.js';

/** What a record of an enabled subscription says of its state. */
export const ENABLED = {
  state: 'enabled',
  disabledReason: null,
  disabledAt: null,
  failingSince: null,
} as const;

/** What it says of one whose receiver has yet to answer a challenge. */
export function unverified(now: number) {
  return {
    state: 'disabled',
    disabledReason: 'unverified',
    disabledAt: now,
    failingSince: null,
  } as const;
}

export function isUnverified({ disabledReason }: SubscriptionRecord): boolean {
  return disabledReason === 'unverified';
}
