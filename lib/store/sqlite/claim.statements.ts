import { decodeDelivery, DELIVERY_COLUMNS } from '../codec/delivery.codec.js';
import { numberOf, textOf } from '../codec/row.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { Claim, Claimed, ClaimRequest } from '../webhook.store.js';
import type { AttemptTable } from './attempt.table.js';
import type { ClaimLoader, Loaded } from './claim.loader.js';
import { ClaimRoom } from './claim.room.js';
import type { DeliveryTable } from './delivery.table.js';
import { DueDelivery, FIRST_TRIES, LATER_TRIES, QueueTable } from './queue.table.js';
import { jsonRows, Session } from './session.js';

interface Taking {
  readonly request: ClaimRequest;
  readonly now: number;
  readonly room: ClaimRoom;
  readonly claims: Claim[];
  passedOver: boolean;
  /** Something ended instead: what waited for it is due. */
  ended: boolean;
}

const DELIVERY = jsonRows(
  Object.fromEntries(DELIVERY_COLUMNS.map((column) => [column, `d.${column}`])),
);

/** Holding due deliveries for an attempt. */
export class ClaimStatements {
  constructor(
    private readonly session: Session,
    private readonly loader: ClaimLoader,
    private readonly attempts: AttemptTable,
    private readonly deliveries: DeliveryTable,
    private readonly queues: QueueTable,
  ) {}

  claim(request: ClaimRequest, now: number): Claimed {
    const room = new ClaimRoom(request);
    const taking: Taking = { request, now, room, claims: [], passedOver: false, ended: false };
    const { claims } = taking;
    if (request.deliveryIds !== undefined) {
      this.takeGiven(taking, request.deliveryIds);
      return { claims, nextDueIn: taking.ended ? 0 : null, passedOver: taking.passedOver };
    }
    const { limit, laterShare } = request;
    this.takeDue(taking, LATER_TRIES, Math.min(laterShare, limit));
    this.takeDue(taking, FIRST_TRIES, limit);
    this.takeDue(taking, LATER_TRIES, limit);
    const due = [FIRST_TRIES, LATER_TRIES].map((queue) => this.nextDue(taking, queue));
    const next = Math.min(...due);
    const nextDueIn = next === Infinity ? null : Math.max(0, next - now);
    return { claims, nextDueIn, passedOver: taking.passedOver };
  }

  claimAbandoned(limit: number, lease: number, now: number): readonly Claim[] {
    const rows = this.session.all(
      'SELECT * FROM {deliveries} WHERE lease_until <= ? ORDER BY lease_until LIMIT ?',
      now,
      limit,
    );
    const { claims } = this.load(rows.map(decodeDelivery), now);
    this.session.run(
      'UPDATE {deliveries} SET lease_until = ? WHERE id IN (SELECT value FROM json_each(?))',
      now + lease,
      JSON.stringify(claims.map(({ delivery }) => delivery.id)),
    );
    return claims;
  }

  /** Takes from a queue until there are `limit` claims in all, the oldest deliveries first. */
  private takeDue(taking: Taking, queue: number, limit: number): void {
    const { now, room, claims } = taking;
    const most = queue === LATER_TRIES ? room.laterLeft : Infinity;
    const wanted = Math.min(limit - claims.length, most);
    if (wanted <= 0) return;
    let oldest: readonly DueDelivery[] = [];
    const touched: string[] = [];
    for (const { subscriptionId, nextDue } of this.queues.heads(queue)) {
      const last = oldest[wanted - 1];
      if (nextDue > now || (last !== undefined && last.dueAt <= nextDue)) break;
      const left = room.left(subscriptionId);
      if (left <= 0) {
        taking.passedOver = true;
        continue;
      }
      touched.push(subscriptionId);
      const due = this.queues.due(subscriptionId, queue, now, Math.min(left, wanted));
      oldest = [...oldest, ...due].sort(byTime).slice(0, wanted);
    }
    for (const { subscriptionId } of oldest) room.take(subscriptionId, queue);
    this.hold(
      taking,
      oldest.map(({ id }) => id),
    );
    this.queues.refresh(queue, touched);
  }

  private takeGiven(taking: Taking, ids: readonly string[]): void {
    const { request, now, room } = taking;
    const due = this.session.list(
      `SELECT ${jsonRows({ id: 'd.id', subscription_id: 'd.subscription_id', queue: 'd.queue' })}
       FROM json_each(?) CROSS JOIN {deliveries} d ON d.id = value
       CROSS JOIN {subscriptions} s ON s.id = d.subscription_id
       WHERE d.queue IS NOT NULL AND d.due_at <= ? AND d.generation = s.generation`,
      JSON.stringify([...new Set(ids)]),
      now,
    );
    const chosen: string[] = [];
    const touched = new Map([FIRST_TRIES, LATER_TRIES].map((queue) => [queue, new Set<string>()]));
    for (const row of due) {
      if (chosen.length === request.limit) break;
      const [subscriptionId, queue] = [textOf(row, 'subscription_id'), numberOf(row, 'queue')];
      if (room.isFull(queue) || room.left(subscriptionId) <= 0) {
        taking.passedOver = true;
        continue;
      }
      room.take(subscriptionId, queue);
      chosen.push(textOf(row, 'id'));
      touched.get(queue)?.add(subscriptionId);
    }
    this.hold(taking, chosen);
    for (const [queue, subscriptionIds] of touched)
      this.queues.refresh(queue, [...subscriptionIds]);
  }

  private hold(taking: Taking, ids: readonly string[]): void {
    if (ids.length === 0) return;
    const { request, now, room } = taking;
    const rows = this.session.list(
      `SELECT ${DELIVERY} FROM json_each(?) CROSS JOIN {deliveries} d ON d.id = value`,
      JSON.stringify(ids),
    );
    const { claims, impossible } = this.load(rows.map(decodeDelivery), now);
    for (const { delivery } of impossible) {
      room.giveBack(delivery.subscriptionId, QueueTable.of(delivery));
      taking.ended = true;
    }
    const begun = claims.map((claim) => ({ ...claim, delivery: begin(claim.delivery) }));
    const deliveries = begun.map(({ delivery }) => delivery);
    this.deliveries.hold(deliveries, now + request.lease);
    this.attempts.begin(deliveries, now);
    taking.claims.push(...begun);
  }

  /** A delivery that can never be made ends at once, instead of keeping others waiting. */
  private load(deliveries: readonly DeliveryRecord[], now: number): Loaded {
    const loaded = this.loader.load(deliveries);
    for (const { delivery, status, reason, error } of loaded.impossible) {
      this.attempts.abandon(delivery.id, error);
      this.deliveries.end(delivery, status, reason, now);
    }
    return loaded;
  }

  private nextDue(taking: Taking, queue: number): number {
    const { now, room } = taking;
    for (const { subscriptionId, nextDue } of this.queues.heads(queue)) {
      if (room.isFull(queue) && nextDue <= now) {
        taking.passedOver = true;
        return Infinity;
      }
      if (room.left(subscriptionId) > 0) return nextDue;
      if (nextDue <= now) taking.passedOver = true;
    }
    return Infinity;
  }
}

function begin(delivery: DeliveryRecord): DeliveryRecord {
  return { ...delivery, attempts: delivery.attempts + 1, tries: delivery.tries + 1 };
}

function byTime(a: DueDelivery, b: DueDelivery): number {
  return a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1);
}
