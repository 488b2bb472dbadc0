import type { SubscriptionRecord } from '../store/subscription.record.js';

/**
 * Sends a challenge to the receiver of a subscription. Resolves with what was wrong with the answer,
 * without address or content; with null when it held the token.
 *
 * @throws TooManyRequestsError when the tenant makes too many of these calls
 */
export type ChallengeSender = (subscription: SubscriptionRecord) => Promise<string | null>;
