import type { PayloadFilter } from './payload-filter.record.js';
import type { RetrySchedule } from './retry-schedule.record.js';
import type { ClientCertificate, SubscriptionAuth } from './subscription-credentials.record.js';

/** Whether a subscription receives deliveries. */
export type SubscriptionState = 'enabled' | 'disabled';

/**
 * Why a subscription is disabled: `manual` by a call of the application, `gone` because the receiver
 * answered 410, `failing` because nothing but failures came back for too long, `unverified` because the
 * receiver has not answered a challenge yet.
 */
export type DisabledReason = 'manual' | 'gone' | 'failing' | 'unverified';

/** A tenant's wish to be told of some event types at a URL. */
export interface SubscriptionRecord {
  /** `sub_…` */
  readonly id: string;
  readonly tenant: string;
  readonly url: string;
  /** Exact event types, prefixes such as `order.*`, or `*`. */
  readonly eventTypes: readonly string[];
  readonly description: string;
  /** The application's own notes; never sent. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Custom request headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Newest first. Each that has not expired signs. */
  readonly secrets: readonly SecretRecord[];
  /** How its requests are authorised; null for by their signature alone. */
  readonly auth: SubscriptionAuth | null;
  /** Shown to it in the TLS handshake; null for none. */
  readonly clientCertificate: ClientCertificate | null;
  /** Takes the place of the module's schedule. */
  readonly retry: RetrySchedule | null;
  /** Which payloads it wants; null for all. */
  readonly filter: PayloadFilter | null;
  /** Requests in flight at once in one process; null for the module's `perSubscription`. */
  readonly concurrency: number | null;
  /** Requests a second; null for no limit. */
  readonly rateLimit: number | null;
  readonly state: SubscriptionState;
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: number | null;
  /** Start of an unbroken run of failures; null after a success. */
  readonly failingSince: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A signing key of a subscription. */
export interface SecretRecord {
  readonly value: string;
  readonly createdAt: number;
  /** After this it no longer signs; null for the current one. */
  readonly expiresAt: number | null;
}
