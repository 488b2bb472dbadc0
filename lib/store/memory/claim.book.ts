import type { SubscriptionRecord } from '../subscription.record.js';
import type { Claim, ClaimRequest, Claimed, RestartAnswer, Settlement } from '../webhook.store.js';
import type { DeliveryEntry, DeliveryLog } from './delivery.log.js';
import { DueQueue, DueTaken } from './due.queue.js';
import type { SubscriptionIndex } from './subscription.index.js';

/** Who holds which delivery, and what becomes of it. */
export class ClaimBook {
  private readonly due = new DueQueue();
  private readonly claimed = new Set<DeliveryEntry>();

  constructor(
    private readonly log: DeliveryLog,
    private readonly subscriptions: SubscriptionIndex,
  ) {}

  queue(subscriptionId: string, deliveryId: string, dueAt: number): void {
    this.due.push(subscriptionId, deliveryId, dueAt);
  }

  claim(request: ClaimRequest, now: number): Claimed {
    const roomOf = (id: string): number => request.room.get(id) ?? request.perSubscription;
    const { deliveryIds, nextDueAt, passedOver } =
      request.deliveryIds === undefined
        ? this.due.take(now, request.limit, roomOf, (id, dueAt) => this.isWaiting(id, dueAt))
        : this.pick(request.deliveryIds, request.limit, roomOf, now);
    const claims = deliveryIds.map((id) => this.begin(this.log.get(id)!, now, request.lease));
    const nextDueIn = nextDueAt === null ? null : Math.max(0, nextDueAt - now);
    return { claims, nextDueIn, passedOver };
  }

  claimAbandoned(limit: number, lease: number, now: number): readonly Claim[] {
    const claims: Claim[] = [];
    for (const entry of this.claimed) {
      if (claims.length === limit) break;
      if (entry.leaseUntil === null || entry.leaseUntil > now) continue;
      entry.leaseUntil = now + lease;
      claims.push(this.toClaim(entry));
    }
    return claims;
  }

  settle({ deliveryId, attempt, result, next, disable }: Settlement, now: number): void {
    const entry = this.log.get(deliveryId);
    if (entry === null || entry.leaseUntil === null || entry.record.attempts !== attempt) return;
    entry.leaseUntil = null;
    this.claimed.delete(entry);
    const begun = entry.attempts[attempt - 1]!;
    entry.attempts[attempt - 1] = { ...begun, result };
    const success = result.outcome === 'success';
    const subscription = this.noteResult(entry.record.subscriptionId, success, now);
    if (next.status !== 'pending') {
      this.end(entry, next.status, next.reason, now);
    } else if (subscription?.state === 'enabled') {
      const dueAt = now + next.dueIn;
      this.log.put(entry, { ...entry.record, dueAt }, now);
      this.due.push(subscription.id, deliveryId, dueAt);
    } else {
      const what = subscription === null ? 'deleted' : 'disabled';
      this.end(entry, 'cancelled', `subscription ${what}`, now);
    }
    if (disable !== null && subscription?.state === 'enabled') {
      const disabled = { state: 'disabled', disabledReason: disable, disabledAt: now } as const;
      this.subscriptions.put({ ...subscription, ...disabled, updatedAt: now });
      this.cancelPending(subscription.id, 'subscription disabled', now);
    }
  }

  /** Ends all of a subscription's pending deliveries but those whose request is in flight. */
  cancelPending(subscriptionId: string, reason: string, now: number): void {
    for (const id of this.due.drain(subscriptionId)) {
      const entry = this.log.get(id);
      if (entry?.record.status === 'pending' && entry.leaseUntil === null) {
        this.end(entry, 'cancelled', reason, now);
      }
    }
  }

  restart(entry: DeliveryEntry, now: number): RestartAnswer {
    const { id, subscriptionId } = entry.record;
    if (entry.leaseUntil !== null) return 'in-flight';
    if (this.subscriptions.get(subscriptionId)?.state !== 'enabled') return 'disabled';
    const fresh = { status: 'pending', reason: null, tries: 0, dueAt: now, endedAt: null } as const;
    this.log.put(entry, { ...entry.record, ...fresh }, now);
    this.due.push(subscriptionId, id, now);
    return 'restarted';
  }

  private pick(
    ids: readonly string[],
    limit: number,
    roomOf: (subscriptionId: string) => number,
    now: number,
  ): DueTaken {
    const deliveryIds: string[] = [];
    const taken = new Map<string, number>();
    let passedOver = false;
    for (const id of new Set(ids)) {
      if (deliveryIds.length === limit) break;
      const record = this.log.get(id)?.record;
      if (record?.dueAt == null || record.dueAt > now || !this.isWaiting(id, record.dueAt))
        continue;
      const count = taken.get(record.subscriptionId) ?? 0;
      if (count >= roomOf(record.subscriptionId)) {
        passedOver = true;
      } else {
        deliveryIds.push(id);
        taken.set(record.subscriptionId, count + 1);
      }
    }
    return { deliveryIds, nextDueAt: null, passedOver };
  }

  private isWaiting(id: string, dueAt: number): boolean {
    const entry = this.log.get(id);
    return entry !== null && entry.leaseUntil === null && entry.record.dueAt === dueAt;
  }

  private begin(entry: DeliveryEntry, now: number, lease: number): Claim {
    const { record } = entry;
    const attempts = record.attempts + 1;
    entry.leaseUntil = now + lease;
    entry.record = { ...record, attempts, tries: record.tries + 1 };
    entry.attempts.push({ deliveryId: record.id, number: attempts, startedAt: now, result: null });
    this.claimed.add(entry);
    return this.toClaim(entry);
  }

  private toClaim(entry: DeliveryEntry): Claim {
    const subscription = this.subscriptions.get(entry.record.subscriptionId);
    return { delivery: entry.record, event: entry.event, subscription };
  }

  private noteResult(id: string, success: boolean, now: number): SubscriptionRecord | null {
    const current = this.subscriptions.get(id);
    if (current === null) return null;
    const failingSince = success ? null : (current.failingSince ?? now);
    if (failingSince === current.failingSince) return current;
    const changed = { ...current, failingSince };
    this.subscriptions.put(changed);
    return changed;
  }

  private end(
    entry: DeliveryEntry,
    status: 'succeeded' | 'exhausted' | 'cancelled',
    reason: string | null,
    now: number,
  ): void {
    this.log.put(entry, { ...entry.record, status, reason, dueAt: null, endedAt: now }, now);
  }
}
