import type { AttemptOutcome } from '../store/attempt.record.js';
import type { DisabledReason } from '../store/subscription.record.js';

interface AboutSubscription {
  readonly tenant: string;
  readonly subscriptionId: string;
  readonly at: Date;
}

interface AboutDelivery extends AboutSubscription {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Number of the attempt, counted from 1. */
  readonly attempt: number;
}

/** What the application can be told of, by name. */
export interface WebhookNotifications {
  /** A delivery has succeeded. */
  readonly 'delivery.succeeded': AboutDelivery & { readonly status: number | null };
  /** An attempt has failed; a further one may follow. */
  readonly 'attempt.failed': AboutDelivery & {
    readonly outcome: AttemptOutcome;
    readonly status: number | null;
    /** When the next attempt is due; null when there is none. */
    readonly nextAttemptAt: Date | null;
  };
  /** A delivery has ended without success: no try is left, or none could help. */
  readonly 'delivery.exhausted': AboutDelivery & { readonly reason: string | null };
  /** A subscription was disabled, by whom or what `reason` says. */
  readonly 'subscription.disabled': AboutSubscription & { readonly reason: DisabledReason };
  /** The first success after failures. */
  readonly 'subscription.recovered': AboutSubscription;
  /** A subscription has a new secret. */
  readonly 'secret.rotated': AboutSubscription;
}

/** Name of a notification. */
export type WebhookNotificationName = keyof WebhookNotifications;
