import type { AttemptResult } from '../store/attempt.record.js';
import type { RetrySchedule } from '../store/retry-schedule.record.js';
import type { DisabledReason } from '../store/subscription.record.js';
import { isTestEvent } from './example.event.js';
import type { Claim, SettledDelivery, Settlement } from '../store/webhook.store.js';

/** What came of a request, and how long the receiver asked to be left alone. */
export interface Sent {
  readonly result: AttemptResult;
  /** Milliseconds; null when the receiver asked for nothing. */
  readonly retryAfter: number | null;
  /** The same request can never succeed: no further try. */
  readonly final: boolean;
}

/** What the decision depends on besides the attempt. */
export interface SettlementPolicy {
  /** The schedule of the event type, or the module's; a subscription's own wins. */
  readonly retry: RetrySchedule;
  /** Milliseconds of nothing but failures after which a subscription is disabled. */
  readonly disableAfter: number;
  readonly now: number;
  /** In `[0, 1)`, for the jitter. */
  readonly random: number;
}

const GONE = 410;

/** Decides what follows from an attempt: success, a further try and when, or an end and why. */
export function toSettlement(claim: Claim, sent: Sent, policy: SettlementPolicy): Settlement {
  const { delivery } = claim;
  return {
    deliveryId: delivery.id,
    attempt: delivery.attempts,
    result: sent.result,
    next: nextOf(claim, sent, policy),
    disable: disableOf(claim, sent, policy),
  };
}

function nextOf(claim: Claim, sent: Sent, policy: SettlementPolicy): SettledDelivery {
  const { result, retryAfter, final } = sent;
  if (result.outcome === 'success') return { status: 'succeeded', reason: null };
  if (result.status === GONE) return { status: 'exhausted', reason: 'the receiver answered 410' };
  if (final) return { status: 'exhausted', reason: result.error };
  const { delays, jitter } = claim.subscription?.retry ?? policy.retry;
  // `tries` counts this one, from 1: delays[0] stands before the second.
  const delay = delays[claim.delivery.tries - 1];
  if (delay === undefined || isTestEvent(claim.event.type)) {
    return { status: 'exhausted', reason: 'no try is left' };
  }
  const varied = Math.round(delay * (1 - jitter + 2 * jitter * policy.random));
  return { status: 'pending', dueIn: Math.max(varied, retryAfter ?? 0) };
}

function disableOf(claim: Claim, sent: Sent, policy: SettlementPolicy): DisabledReason | null {
  if (sent.result.outcome === 'success') return null;
  if (sent.result.status === GONE) return 'gone';
  const since = claim.subscription?.failingSince ?? null;
  return since !== null && policy.now - since >= policy.disableAfter ? 'failing' : null;
}
