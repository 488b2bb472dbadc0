import { decodeDelivery } from '../codec/delivery.codec.js';
import { numberOf, Row, textOf } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import type { Claim, Claimed, ClaimRequest } from '../webhook.store.js';
import { ClaimLoader } from './claim.loader.js';
import { ClaimRoom } from './claim.room.js';
import type { DeliveryTable } from './delivery.table.js';
import { FIRST_TRIES, LATER_TRIES, QueueTable } from './queue.table.js';
import type { Session } from './session.js';

interface Taking {
  readonly request: ClaimRequest;
  readonly now: number;
  readonly room: ClaimRoom;
  readonly loader: ClaimLoader;
  readonly claims: Claim[];
  laterLeft: number;
  passedOver: boolean;
  /** Something ended instead: what waited for it is due. */
  ended: boolean;
}

/** Holding due deliveries for an attempt. */
export class ClaimStatements {
  constructor(
    private readonly session: Session,
    private readonly codec: SubscriptionCodec,
    private readonly deliveries: DeliveryTable,
    private readonly queues: QueueTable,
  ) {}

  claim(request: ClaimRequest, now: number): Claimed {
    const room = new ClaimRoom(request);
    const loader = new ClaimLoader(this.session, this.codec);
    const { limit, laterShare, laterLimit } = request;
    const claims: Claim[] = [];
    const rest = { laterLeft: laterLimit, passedOver: false, ended: false };
    const taking: Taking = { request, now, room, loader, claims, ...rest };
    if (request.deliveryIds !== undefined) {
      this.takeGiven(taking, request.deliveryIds);
      const nextDueIn = taking.ended ? 0 : null;
      return { claims, nextDueIn, passedOver: taking.passedOver };
    }
    this.takeDue(taking, LATER_TRIES, Math.min(laterShare, limit));
    this.takeDue(taking, FIRST_TRIES, limit);
    this.takeDue(taking, LATER_TRIES, limit);
    const due = [FIRST_TRIES, LATER_TRIES].map((queue) => this.nextDue(taking, queue));
    const next = Math.min(...due);
    const nextDueIn = next === Infinity ? null : Math.max(0, next - now);
    return { claims, nextDueIn, passedOver: taking.passedOver };
  }

  claimAbandoned(limit: number, lease: number, now: number): readonly Claim[] {
    const loader = new ClaimLoader(this.session, this.codec);
    const rows = this.session.all(
      'SELECT * FROM {deliveries} WHERE lease_until <= ? ORDER BY lease_until LIMIT ?',
      now,
      limit,
    );
    return rows.flatMap((row) => {
      const id = textOf(row, 'id');
      this.session.run('UPDATE {deliveries} SET lease_until = ? WHERE id = ?', now + lease, id);
      return this.load(loader, row, now) ?? [];
    });
  }

  /** Takes from a queue until there are `limit` claims in all, the oldest deliveries first. */
  private takeDue(taking: Taking, queue: number, limit: number): void {
    const { now, room, claims } = taking;
    const most = queue === LATER_TRIES ? taking.laterLeft : Infinity;
    const wanted = Math.min(limit - claims.length, most);
    if (wanted <= 0) return;
    let rows: Row[] = [];
    const touched = new Set<string>();
    for (const head of this.queues.heads(queue)) {
      const last = rows[wanted - 1];
      if (head.nextDue > now || (last && numberOf(last, 'due_at') <= head.nextDue)) break;
      const left = room.left(head.subscriptionId);
      if (left <= 0) {
        taking.passedOver = true;
        continue;
      }
      touched.add(head.subscriptionId);
      const due = this.queues.due(head.subscriptionId, queue, now, Math.min(left, wanted));
      rows = [...rows, ...due].sort(byTime).slice(0, wanted);
    }
    for (const row of rows) this.begin(taking, row);
    for (const id of touched) this.queues.refresh(id, queue);
  }

  private takeGiven(taking: Taking, ids: readonly string[]): void {
    const touched = new Map<string, readonly [string, number]>();
    for (const id of new Set(ids)) {
      if (taking.claims.length === taking.request.limit) break;
      const row = this.session.get(
        `SELECT d.* FROM {deliveries} d CROSS JOIN {subscriptions} s ON s.id = d.subscription_id
         WHERE d.id = ? AND d.queue IS NOT NULL AND d.due_at <= ? AND d.generation = s.generation`,
        id,
        taking.now,
      );
      if (row === null) continue;
      const subscriptionId = textOf(row, 'subscription_id');
      const queue = numberOf(row, 'queue');
      const noPlace = queue === LATER_TRIES && taking.laterLeft === 0;
      if (noPlace || taking.room.left(subscriptionId) <= 0) {
        taking.passedOver = true;
        continue;
      }
      touched.set(`${queue}${subscriptionId}`, [subscriptionId, queue]);
      this.begin(taking, row);
    }
    for (const [subscriptionId, queue] of touched.values()) {
      this.queues.refresh(subscriptionId, queue);
    }
  }

  private begin(taking: Taking, row: Row): void {
    const { request, now, room, loader, claims } = taking;
    const id = textOf(row, 'id');
    const attempts = numberOf(row, 'attempts') + 1;
    const tries = numberOf(row, 'tries') + 1;
    const claim = this.load(loader, { ...row, attempts, tries }, now);
    if (claim === null) {
      taking.ended = true;
      return;
    }
    room.take(claim.delivery.subscriptionId);
    if (numberOf(row, 'queue') === LATER_TRIES) taking.laterLeft--;
    this.session.run(
      `UPDATE {deliveries} SET attempts = ?, tries = ?, queue = NULL, lease_until = ?
       WHERE id = ?`,
      attempts,
      tries,
      now + request.lease,
      id,
    );
    this.session.run(
      'INSERT INTO {attempts} (delivery_id, number, started_at) VALUES (?, ?, ?)',
      id,
      attempts,
      now,
    );
    claims.push(claim);
  }

  /** A delivery that can never be made ends at once, instead of keeping others waiting. */
  private load(loader: ClaimLoader, row: Row, now: number): Claim | null {
    try {
      const claim = loader.load(row);
      if (claim === null) this.end(row, 'cancelled', 'payload removed', null, now);
      return claim;
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      const reason = 'its subscription cannot be read from the store';
      this.end(row, 'exhausted', reason, error.message, now);
      return null;
    }
  }

  private end(
    row: Row,
    status: 'cancelled' | 'exhausted',
    reason: string,
    error: string | null,
    now: number,
  ): void {
    // An abandoned one has begun an attempt that nobody else will end.
    this.session.run(
      `UPDATE {attempts} SET outcome = 'unknown', duration = 0, error = ?
       WHERE delivery_id = ? AND outcome IS NULL`,
      error,
      textOf(row, 'id'),
    );
    this.deliveries.end(decodeDelivery(row), status, reason, now);
  }

  private nextDue(taking: Taking, queue: number): number {
    const noPlace = queue === LATER_TRIES && taking.laterLeft === 0;
    for (const head of this.queues.heads(queue)) {
      if (noPlace && head.nextDue <= taking.now) {
        taking.passedOver = true;
        return Infinity;
      }
      if (taking.room.left(head.subscriptionId) > 0) return head.nextDue;
      if (head.nextDue <= taking.now) taking.passedOver = true;
    }
    return Infinity;
  }
}

function byTime(a: Row, b: Row): number {
  return (
    numberOf(a, 'due_at') - numberOf(b, 'due_at') || (textOf(a, 'id') < textOf(b, 'id') ? -1 : 1)
  );
}
