import { secretHint } from '../signing/secret.hint.js';
import type { PayloadFilter } from '../store/payload-filter.record.js';
import type { RetrySchedule } from '../store/retry-schedule.record.js';
import type { SubscriptionAuth } from '../store/subscription-credentials.record.js';
import type {
  DisabledReason,
  SubscriptionRecord,
  SubscriptionState,
} from '../store/subscription.record.js';

/** A subscription as the application sees it: without its secrets and header values. */
export interface Subscription {
  readonly id: string;
  readonly tenant: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Names of the custom headers; their values are never shown. */
  readonly headerNames: readonly string[];
  /** The valid secrets, newest first, so that a person recognises them. */
  readonly secrets: readonly SecretView[];
  /** How its requests are authorised: the kind alone is ever shown; null for by their signature. */
  readonly auth: SubscriptionAuth['type'] | null;
  /** Whether it is shown a client certificate, which itself is never shown here. */
  readonly clientCertificate: boolean;
  /** Its own schedule; null when it follows the module's. */
  readonly retry: RetrySchedule | null;
  /** Which payloads it wants; null for all. */
  readonly filter: PayloadFilter | null;
  /** Requests at once, in one process; null when it follows the module's `perSubscription`. */
  readonly concurrency: number | null;
  /** Requests a second; null without a limit. */
  readonly rateLimit: number | null;
  readonly state: SubscriptionState;
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
  /** Since when nothing but failures came back; null after a success. */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What may be shown of a secret. */
export interface SecretView {
  /** Kind and last four characters: `whsec_…abcd`. */
  readonly hint: string;
  readonly createdAt: Date;
  /** When it stops signing; null for the current one. */
  readonly expiresAt: Date | null;
}

/** A subscription together with its new secret, which is shown this once. */
export interface SubscriptionWithSecret extends Subscription {
  /** Give it to the receiver; it cannot be read again. */
  readonly secret: string;
}

/** What may be shown of a record at the time `now`. */
export function toSubscription(record: SubscriptionRecord, now: number): Subscription {
  return {
    id: record.id,
    tenant: record.tenant,
    url: record.url,
    eventTypes: record.eventTypes,
    description: record.description,
    metadata: record.metadata,
    headerNames: Object.keys(record.headers),
    secrets: record.secrets
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
      .map(({ value, createdAt, expiresAt }) => ({
        hint: secretHint(value),
        createdAt: new Date(createdAt),
        expiresAt: toDate(expiresAt),
      })),
    auth: record.auth?.type ?? null,
    clientCertificate: record.clientCertificate !== null,
    retry: record.retry,
    filter: record.filter,
    concurrency: record.concurrency,
    rateLimit: record.rateLimit,
    state: record.state,
    disabledReason: record.disabledReason,
    disabledAt: toDate(record.disabledAt),
    failingSince: toDate(record.failingSince),
    createdAt: new Date(record.createdAt),
    updatedAt: new Date(record.updatedAt),
  };
}

function toDate(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
