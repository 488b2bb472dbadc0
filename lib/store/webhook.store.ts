import type { AttemptRecord, AttemptResult } from './attempt.record.js';
import type { Backfilled, BackfillRequest } from './backfill.request.js';
import type { DeliveryRecord, DeliveryStatus } from './delivery.record.js';
import type { EventRecord } from './event.record.js';
import type { DisabledReason, SubscriptionRecord } from './subscription.record.js';

/** Which subscriptions of the event's tenant get the event: those that match, or one. */
export type AcceptTarget =
  | {
      /** Those with any of these patterns among their event types. */
      readonly patterns: readonly string[];
      /** Of those with a filter, or of all when `judgeAll` is set, only the ones this admits. */
      readonly admits: (subscription: SubscriptionRecord) => boolean;
      readonly judgeAll: boolean;
    }
  | { readonly subscriptionId: string };

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
  /** So many of them are kept for further tries and for what was replayed. */
  readonly laterShare: number;
  /** At most so many of them are such ones, also when nothing else is due; `deliveryIds` or not. */
  readonly laterLimit: number;
  /** Milliseconds after which a claim that was not settled counts as abandoned. */
  readonly lease: number;
  /** At most so many claims of a subscription that is not in `room`. */
  readonly perSubscription: number;
  /** Subscriptions that have another room just now, by id; 0 skips one. */
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
   * is pending. What was passed over does not count.
   */
  readonly nextDueIn: number | null;
  /** Whether something due was left because its subscription had no room, or for `laterLimit`. */
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

/** What a settlement did. */
export interface Settled {
  readonly deliveryId: string;
  /** State of the delivery now; null when the claim was no longer held, so that nothing changed. */
  readonly status: DeliveryStatus | null;
  /** This settlement disabled the subscription. */
  readonly disabled: boolean;
  /** This settlement ended the subscription's run of failures. */
  readonly recovered: boolean;
  /** The delivery that is due now because this one ended, the next with its ordering key; or null. */
  readonly released: string | null;
}

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
export type RestartAnswer = 'restarted' | 'in-flight' | 'disabled' | 'expunged' | 'not-found';

/**
 * Where the truth lies: the port every store implements.
 *
 * Each call is atomic: it happens whole or not at all. Time is the store's own (a database's clock),
 * which is why due times are handed over as delays. A record handed out is never changed afterwards.
 * Every call that takes a tenant answers another tenant's id exactly as an unknown one.
 */
export abstract class WebhookStore {
  /**
   * Called once, when the application has started and before the first claim.
   *
   * @param _wake to be called when something may be due that this process does not know of, such as a
   * transaction of the application that has committed, or an event accepted by another process; null in
   * a process that delivers nothing
   */
  async open(_wake: (() => void) | null): Promise<void> {}

  /** Called once, when nothing will be asked any more. */
  async close(): Promise<void> {}

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

  /**
   * Holds due deliveries of enabled subscriptions and begins an attempt of each. There are two kinds,
   * which do not keep each other waiting: first tries, and what comes `later` (further tries and what
   * was replayed). Up to `laterShare` places go to the second kind, then the others to the first, and
   * what is left over to the second again, up to `laterLimit` in all; each kind oldest first.
   *
   * Of the deliveries of one subscription whose events have the same `orderingKey` it holds one at a
   * time, in the order of their acceptance: the next only when the one before has ended, in whatever
   * way. One that was made pending again after its end comes after all that are pending. A transaction
   * that commits after later events were accepted may come after them.
   */
  abstract claim(request: ClaimRequest): Promise<Claimed>;

  /** Takes over claims whose lease has run out, for settling them as `unknown`. */
  abstract claimAbandoned(limit: number, lease: number): Promise<readonly Claim[]>;

  /**
   * Ends attempts. A further try for a subscription that is no longer enabled ends `cancelled`
   * instead. A success ends the subscription's run of failures, any other result begins or continues
   * it.
   */
  abstract settle(settlements: readonly Settlement[]): Promise<readonly Settled[]>;

  /**
   * Adds a subscription.
   * @param limit how many its tenant may have
   * @returns false when that many exist already; then nothing is added
   */
  abstract createSubscription(record: SubscriptionRecord, limit: number): Promise<boolean>;

  abstract getSubscription(tenant: string, id: string): Promise<SubscriptionRecord | null>;

  abstract listSubscriptions(
    tenant: string,
    page: PageRequest,
  ): Promise<readonly SubscriptionRecord[]>;

  /**
   * Replaces a subscription by what `change` makes of it. When that is disabled, none of its pending
   * deliveries is claimed any more, also when it is enabled again. They end `cancelled`: at once, or
   * by `cancelWaiting` where there are many; one whose request is in flight unless that succeeds.
   */
  abstract updateSubscription(
    tenant: string,
    id: string,
    change: (current: SubscriptionRecord) => SubscriptionRecord,
  ): Promise<SubscriptionRecord | null>;

  /**
   * Deletes a subscription; its pending deliveries end as if it was disabled. False when there is none.
   */
  abstract deleteSubscription(tenant: string, id: string): Promise<boolean>;

  /**
   * Cancels up to `limit` deliveries that a disabled or deleted subscription has left pending. Called
   * at every sweep, in any process, until it resolves to false. A store that cancels all of them at
   * once has nothing to do here.
   *
   * @returns whether there may be more
   */
  async cancelWaiting(_limit: number): Promise<boolean> {
    return false;
  }

  /**
   * Makes due what waits in the line of an ordering key although nothing before it is pending. Called at
   * every sweep, in any process. A store in which that cannot come about has nothing to do here.
   *
   * @param _limit looks at no more lines than so many; the next call goes on with others
   * @returns whether something is due because of it
   */
  async releaseStranded(_limit: number): Promise<boolean> {
    return false;
  }

  /**
   * Notes that a process delivers, for so long, and counts those that do: they share the rate limits of
   * subscriptions. Called by each of them at its start, at every sweep, and with 0 at its end. A store
   * that only one process uses has nothing to do here.
   *
   * @param _id of the process, as long as it runs
   * @param _ttl milliseconds; 0 when it ends
   * @returns how many there are, this one included
   */
  async noteReplica(_id: string, _ttl: number): Promise<number> {
    return 1;
  }

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
   * Makes deliveries of a subscription that ended without success pending again, due now, with a whole
   * schedule before them, as `replayed`. Nothing happens while the subscription is disabled.
   */
  abstract recover(tenant: string, request: BackfillRequest): Promise<Backfilled>;

  /**
   * Makes deliveries of events to a subscription pending, due now, as `replayed`: those it had, in
   * whatever way they ended, and new ones for events that never went to it. Nothing happens while the
   * subscription is disabled.
   */
  abstract replay(tenant: string, request: BackfillRequest): Promise<Backfilled>;

  /**
   * Removes an event's body now and for good, and the receivers' answers, which may repeat it; its
   * pending deliveries end `cancelled`, the records of what happened stay.
   * @returns false when the tenant has no such event
   */
  abstract expunge(tenant: string, eventId: string): Promise<boolean>;

  /**
   * Forgets events, deliveries and attempts whose last delivery ended longer ago than `age`
   * milliseconds.
   *
   * @returns how many events were forgotten, at most `limit`
   */
  abstract purge(age: number, limit: number): Promise<number>;
}
