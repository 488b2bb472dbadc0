import type { AttemptRecord, AttemptResult } from './attempt.record.js';
import type { DeliveryRecord, DeliveryStatus } from './delivery.record.js';
import type { EventRecord } from './event.record.js';
import type { DisabledReason, SubscriptionRecord } from './subscription.record.js';

/** Which subscriptions of the event's tenant get the event: those with any of the patterns, or one. */
export type AcceptTarget =
  { readonly patterns: readonly string[] } | { readonly subscriptionId: string };

/** Answer of {@link WebhookStore.accept}. */
export interface Acceptance {
  /** The accepted event, or the first one with the same idempotency key. */
  readonly eventId: string;
  readonly created: boolean;
  /** Fingerprint of the event that holds the idempotency key; null without a key. */
  readonly fingerprint: string | null;
  /** The event's deliveries, all due at once when it was created now. */
  readonly deliveryIds: readonly string[];
}

/** What {@link WebhookStore.claim} may take. */
export interface ClaimRequest {
  /** At most so many claims. */
  readonly limit: number;
  /** Milliseconds after which a claim that was not settled counts as abandoned. */
  readonly lease: number;
  /** At most so many claims of a subscription that is not in `room`. */
  readonly perSubscription: number;
  /** Subscriptions that have less room than `perSubscription`, by id; 0 skips one. */
  readonly room: ReadonlyMap<string, number>;
  /** Only these deliveries; whatever is due when left out. */
  readonly deliveryIds?: readonly string[];
}

/** A delivery held for one attempt, with all that the attempt needs. */
export interface Claim {
  /** As it stands after the claim: `attempts` and `tries` count this attempt. */
  readonly delivery: DeliveryRecord;
  readonly event: EventRecord;
  /** Null when it was deleted while the attempt, now abandoned, was in flight. */
  readonly subscription: SubscriptionRecord | null;
}

/** Answer of {@link WebhookStore.claim}. */
export interface Claimed {
  readonly claims: readonly Claim[];
  /**
   * Milliseconds until the next pending delivery is due, 0 when more is due already, null when nothing
   * is pending. Deliveries of subscriptions without room do not count.
   */
  readonly nextDueIn: number | null;
  /** Whether something due was left because its subscription had no room. */
  readonly passedOver: boolean;
}

/** The end of one attempt and what follows from it. */
export interface Settlement {
  readonly deliveryId: string;
  /** Number of the claimed attempt: a settlement of any other changes nothing. */
  readonly attempt: number;
  readonly result: AttemptResult;
  readonly next: SettledDelivery;
  /** Disables the subscription and cancels its other pending deliveries. */
  readonly disable: DisabledReason | null;
}

/** State of a delivery after an attempt: a further try, or an end. */
export type SettledDelivery =
  | { readonly status: 'pending'; readonly dueIn: number }
  | { readonly status: Exclude<DeliveryStatus, 'pending'>; readonly reason: string | null };

/** A page of a list, newest first. */
export interface PageRequest {
  /** Only entries older than the one with this id. */
  readonly after: string | null;
  readonly limit: number;
}

/** Which deliveries {@link WebhookStore.listDeliveries} gives; a criterion left out matches all. */
export interface DeliveryFilter {
  readonly subscriptionId?: string;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly status?: DeliveryStatus;
  /** Accepted at or after, in milliseconds since the Unix epoch. */
  readonly since?: number;
  /** Accepted before, in milliseconds since the Unix epoch. */
  readonly until?: number;
}

/** Answer of {@link WebhookStore.restartDelivery}. */
export type RestartAnswer = 'restarted' | 'in-flight' | 'disabled' | 'not-found';

/**
 * Where the truth lies: the port every store implements.
 *
 * Each call is atomic: it happens whole or not at all. Time is the store's own (a database's clock),
 * which is why due times are handed over as delays. A record handed out is never changed afterwards.
 * Every call that takes a tenant answers another tenant's id exactly as an unknown one.
 */
export abstract class WebhookStore {
  /**
   * Accepts an event together with one pending delivery per enabled subscription of the target. With
   * an idempotency key that the tenant has used before it changes nothing.
   *
   * @param transaction the caller's own transaction, for stores that can take part in one
   */
  abstract accept(
    event: EventRecord,
    target: AcceptTarget,
    transaction?: unknown,
  ): Promise<Acceptance>;

  /** Holds due deliveries of enabled subscriptions, oldest first, and begins an attempt of each. */
  abstract claim(request: ClaimRequest): Promise<Claimed>;

  /** Takes over claims whose lease has run out, for settling them as `unknown`. */
  abstract claimAbandoned(limit: number, lease: number): Promise<readonly Claim[]>;

  /**
   * Ends attempts. A further try for a subscription that is no longer enabled ends `cancelled`
   * instead. A success ends the subscription's run of failures, any other result begins or continues
   * it.
   */
  abstract settle(settlements: readonly Settlement[]): Promise<void>;

  abstract createSubscription(record: SubscriptionRecord): Promise<void>;

  abstract getSubscription(tenant: string, id: string): Promise<SubscriptionRecord | null>;

  abstract listSubscriptions(
    tenant: string,
    page: PageRequest,
  ): Promise<readonly SubscriptionRecord[]>;

  /**
   * Replaces a subscription by what `change` makes of it. When that is disabled, its pending
   * deliveries end `cancelled`; one whose request is in flight does so unless the request succeeds.
   */
  abstract updateSubscription(
    tenant: string,
    id: string,
    change: (current: SubscriptionRecord) => SubscriptionRecord,
  ): Promise<SubscriptionRecord | null>;

  /** Deletes a subscription; its pending deliveries end `cancelled`. False when there is none. */
  abstract deleteSubscription(tenant: string, id: string): Promise<boolean>;

  abstract getDelivery(
    tenant: string,
    id: string,
  ): Promise<{
    readonly delivery: DeliveryRecord;
    readonly attempts: readonly AttemptRecord[];
  } | null>;

  abstract listDeliveries(
    tenant: string,
    filter: DeliveryFilter,
    page: PageRequest,
  ): Promise<readonly DeliveryRecord[]>;

  /**
   * Makes a delivery pending and due now, with a whole schedule before it; not while a request of it is
   * in flight, and not when its subscription is disabled or deleted.
   */
  abstract restartDelivery(tenant: string, id: string): Promise<RestartAnswer>;

  /**
   * Forgets events, deliveries and attempts whose last delivery ended longer ago than `age`
   * milliseconds.
   *
   * @returns how many events were forgotten, at most `limit`
   */
  abstract purge(age: number, limit: number): Promise<number>;
}
