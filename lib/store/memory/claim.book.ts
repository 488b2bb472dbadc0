import type { DeliveryRecord } from '../delivery.record.js';
import type { SubscriptionRecord } from '../subscription.record.js';
import type {
  Claim,
  ClaimRequest,
  Claimed,
  RestartAnswer,
  Settled,
  Settlement,
} from '../webhook.store.js';
import type { DeliveryEntry, DeliveryLog } from './delivery.log.js';
import { DueQueue, DueTaken } from './due.queue.js';
import { OrderingLines } from './ordering.lines.js';
import type { SubscriptionIndex } from './subscription.index.js';

/** Who holds which delivery, and what becomes of it. */
export class ClaimBook {
  private readonly fresh = new DueQueue();
  private readonly later = new DueQueue();
  private readonly lines = new OrderingLines();
  private readonly claimed = new Set<DeliveryEntry>();
  private turn = 0;

  constructor(
    private readonly log: DeliveryLog,
    private readonly subscriptions: SubscriptionIndex,
  ) {}

  /** Makes a pending delivery wait for its time, or for those before it in its line. */
  queue(record: DeliveryRecord): void {
    const { id, subscriptionId, dueAt } = record;
    const entry = this.log.get(id)!;
    entry.turn = ++this.turn;
    if (this.lines.join(entry)) {
      const queue = isLater(record) ? this.later : this.fresh;
      queue.push(subscriptionId, id, dueAt!, entry.turn);
    } else {
      entry.record = { ...record, dueAt: null };
    }
  }

  claim(request: ClaimRequest, now: number): Claimed {
    const { deliveryIds, nextDueAt, passedOver } =
      request.deliveryIds === undefined ? this.take(request, now) : this.pick(request, now);
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

  settle({ deliveryId, attempt, result, next, disable }: Settlement, now: number): Settled {
    const entry = this.log.get(deliveryId);
    if (entry === null || entry.leaseUntil === null || entry.record.attempts !== attempt) {
      return { deliveryId, status: null, disabled: false, recovered: false, released: null };
    }
    entry.leaseUntil = null;
    this.claimed.delete(entry);
    const answer = entry.event.expunged ? null : result.answer;
    const begun = entry.attempts[attempt - 1]!;
    entry.attempts = entry.attempts.with(attempt - 1, { ...begun, result: { ...result, answer } });
    const before = this.subscriptions.get(entry.record.subscriptionId);
    const success = result.outcome === 'success';
    const subscription = before && this.noteResult(before, success, now);
    const enabled = subscription?.state === 'enabled';
    let released: string | null = null;
    if (next.status !== 'pending') {
      released = this.end(entry, next.status, next.reason, now);
    } else if (entry.event.expunged) {
      released = this.end(entry, 'cancelled', 'payload removed', now);
    } else if (enabled) {
      this.log.put(entry, { ...entry.record, dueAt: now + next.dueIn }, now);
      this.queue(entry.record);
    } else {
      const what = subscription === null ? 'deleted' : 'disabled';
      this.end(entry, 'cancelled', `subscription ${what}`, now);
    }
    const disabled = disable !== null && enabled;
    if (disabled) {
      const change = { state: 'disabled', disabledReason: disable, disabledAt: now } as const;
      this.subscriptions.put({ ...subscription, ...change, updatedAt: now });
      this.cancelPending(subscription.id, 'subscription disabled', now);
    }
    const recovered = success && before !== null && before.failingSince !== null;
    return { deliveryId, status: entry.record.status, disabled, recovered, released };
  }

  /** Ends all of a subscription's pending deliveries but those whose request is in flight. */
  cancelPending(subscriptionId: string, reason: string, now: number): void {
    // Those that wait for others first, so that none of them is made due.
    for (const entry of this.lines.of(subscriptionId)) this.cancel(entry, reason, now);
    const waiting = [this.fresh.drain(subscriptionId), this.later.drain(subscriptionId)];
    for (const id of waiting.flat()) this.cancel(this.log.get(id), reason, now);
  }

  /** Ends a delivery that is pending, unless its request is in flight. */
  cancel(entry: DeliveryEntry | null, reason: string, now: number): void {
    if (entry !== null && isFree(entry)) {
      this.end(entry, 'cancelled', reason, now);
    }
  }

  restart(entry: DeliveryEntry, replayed: boolean, now: number): RestartAnswer {
    if (entry.leaseUntil !== null) return 'in-flight';
    if (entry.event.expunged) return 'expunged';
    const subscription = this.subscriptions.get(entry.record.subscriptionId);
    if (subscription?.state !== 'enabled') return 'disabled';
    const fresh = { status: 'pending', reason: null, tries: 0, dueAt: now, endedAt: null } as const;
    this.log.put(entry, { ...entry.record, ...fresh, replayed }, now);
    this.queue(entry.record);
    return 'restarted';
  }

  private take(request: ClaimRequest, now: number): DueTaken {
    const { limit, laterShare, laterLimit } = request;
    const roomOf = this.roomReader(request);
    const isWaiting = (id: string, turn: number): boolean => {
      const entry = this.log.get(id);
      return entry?.turn === turn && isFree(entry);
    };
    const common = { now, roomOf, isWaiting, taken: new Map<string, number>() };
    const first = this.later.take({ ...common, limit: Math.min(laterShare, laterLimit) });
    const fresh = this.fresh.take({ ...common, limit: limit - first.deliveryIds.length });
    const left = Math.min(limit - fresh.deliveryIds.length, laterLimit) - first.deliveryIds.length;
    const rest = this.later.take({ ...common, limit: left });
    const deliveryIds = [...first.deliveryIds, ...fresh.deliveryIds, ...rest.deliveryIds];
    const restDue = rest.nextDueAt !== null && rest.nextDueAt <= now;
    const held = restDue && deliveryIds.length < limit;
    return {
      deliveryIds,
      nextDueAt: held ? fresh.nextDueAt : earlier(fresh.nextDueAt, rest.nextDueAt),
      passedOver: first.passedOver || fresh.passedOver || rest.passedOver || held,
    };
  }

  private pick(request: ClaimRequest, now: number): DueTaken {
    const roomOf = this.roomReader(request);
    const deliveryIds: string[] = [];
    const taken = new Map<string, number>();
    let laterLeft = request.laterLimit;
    let passedOver = false;
    for (const id of new Set(request.deliveryIds)) {
      if (deliveryIds.length === request.limit) break;
      const entry = this.log.get(id);
      if (entry === null || !isFree(entry)) continue;
      const { subscriptionId, dueAt } = entry.record;
      if (dueAt === null || dueAt > now) continue;
      const count = taken.get(subscriptionId) ?? 0;
      const later = isLater(entry.record);
      if (count >= roomOf(subscriptionId) || (later && laterLeft === 0)) {
        passedOver = true;
      } else {
        if (later) laterLeft--;
        deliveryIds.push(id);
        taken.set(subscriptionId, count + 1);
      }
    }
    return { deliveryIds, nextDueAt: null, passedOver };
  }

  private roomReader({ room, perSubscription }: ClaimRequest): (id: string) => number {
    return (id) => room.get(id) ?? perSubscription;
  }

  private begin(entry: DeliveryEntry, now: number, lease: number): Claim {
    const { record } = entry;
    const attempts = record.attempts + 1;
    entry.leaseUntil = now + lease;
    entry.record = { ...record, attempts, tries: record.tries + 1 };
    const begun = { deliveryId: record.id, number: attempts, startedAt: now, result: null };
    entry.attempts = [...entry.attempts, begun];
    this.claimed.add(entry);
    return this.toClaim(entry);
  }

  private toClaim(entry: DeliveryEntry): Claim {
    const subscription = this.subscriptions.get(entry.record.subscriptionId);
    return { delivery: entry.record, event: entry.event.event, subscription };
  }

  private noteResult(
    current: SubscriptionRecord,
    success: boolean,
    now: number,
  ): SubscriptionRecord {
    const failingSince = success ? null : (current.failingSince ?? now);
    if (failingSince === current.failingSince) return current;
    const changed = { ...current, failingSince };
    this.subscriptions.put(changed);
    return changed;
  }

  /** @returns the id of the delivery that is due because this one has ended; or null */
  private end(
    entry: DeliveryEntry,
    status: 'succeeded' | 'exhausted' | 'cancelled',
    reason: string | null,
    now: number,
  ): string | null {
    this.log.put(entry, { ...entry.record, status, reason, dueAt: null, endedAt: now }, now);
    const next = this.lines.leave(entry);
    if (next === null) return null;
    next.record = { ...next.record, dueAt: now };
    this.queue(next.record);
    return next.record.id;
  }
}

function isLater({ tries, replayed }: DeliveryRecord): boolean {
  return tries > 0 || replayed;
}

/** Pending, and no request of it in flight. */
function isFree({ record, leaseUntil }: DeliveryEntry): boolean {
  return record.status === 'pending' && leaseUntil === null;
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
