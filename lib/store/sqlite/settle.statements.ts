import type { AttemptResult } from '../attempt.record.js';
import { flagOf, numberOf, Row, textOf, textOrNull } from '../codec/row.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { Settled, SettledDelivery, Settlement } from '../webhook.store.js';
import type { AttemptTable, EndedAttempt } from './attempt.table.js';
import type { CancelStatements } from './cancel.statements.js';
import type { DeliveryEnd, DeliveryTable, FurtherTry } from './delivery.table.js';
import { jsonRows, Session } from './session.js';
import { Health, SubscriptionHealth } from './subscription.health.js';

/** A delivery that is held for an attempt. */
interface Held extends Pick<DeliveryRecord, 'id' | 'eventId' | 'subscriptionId' | 'orderingKey'> {
  readonly attempt: number;
  readonly expunged: boolean;
}

/** What a settlement of a delivery that is still held comes to. */
interface Ending {
  readonly delivery: Held;
  readonly result: AttemptResult;
  readonly next: SettledDelivery;
  readonly disable: string | null;
  readonly recovered: boolean;
}

/** Ending attempts. */
export class SettleStatements {
  private readonly health: SubscriptionHealth;

  constructor(
    private readonly session: Session,
    private readonly attempts: AttemptTable,
    private readonly deliveries: DeliveryTable,
    private readonly cancels: CancelStatements,
  ) {
    this.health = new SubscriptionHealth(session);
  }

  settle(settlements: readonly Settlement[], now: number): readonly Settled[] {
    const held = this.held(settlements);
    const healths = this.health.read([...held.values()].map((one) => one.subscriptionId));
    const decided = settlements.map((settlement) => {
      const delivery = held.get(settlement.deliveryId);
      if (delivery?.attempt !== settlement.attempt) return null;
      // It is settled once, even when it is asked for twice.
      held.delete(delivery.id);
      return this.decide(settlement, delivery, healths.get(delivery.subscriptionId) ?? null, now);
    });
    const endings = decided.filter((ending) => ending !== null);
    this.attempts.end(endings.map(attemptOf));
    this.deliveries.wait(endings.flatMap((ending) => waitingOf(ending, now)));
    this.deliveries.endAll(endings.flatMap(endOf), now);
    return decided.map((ending, index) =>
      ending === null ? unchanged(settlements[index]!) : this.follow(ending, now),
    );
  }

  private held(settlements: readonly Settlement[]): Map<string, Held> {
    const rows = this.session.list(
      `SELECT ${jsonRows({
        id: 'd.id',
        event_id: 'd.event_id',
        subscription_id: 'd.subscription_id',
        ordering_key: 'd.ordering_key',
        attempts: 'd.attempts',
        expunged: 'NOT EXISTS (SELECT 1 FROM {bodies} b WHERE b.event_id = d.event_id)',
      })}
       FROM json_each(?) CROSS JOIN {deliveries} d ON d.id = value
       WHERE d.lease_until IS NOT NULL`,
      JSON.stringify(settlements.map(({ deliveryId }) => deliveryId)),
    );
    return new Map(rows.map((row) => [textOf(row, 'id'), toHeld(row)]));
  }

  private decide(
    { next, result, disable }: Settlement,
    delivery: Held,
    health: Health | null,
    now: number,
  ): Ending {
    const recovered =
      health !== null && this.health.note(health, result.outcome === 'success', now);
    const decision = { delivery, result, next: nextOf(next, delivery, health), recovered };
    if (health?.enabled !== true) return { ...decision, disable: null };
    if (disable !== null) health.enabled = false;
    return { ...decision, disable };
  }

  /** What comes after all have ended: the next of a line, and the end of a subscription. */
  private follow({ delivery, next, disable, recovered }: Ending, now: number): Settled {
    const { id: deliveryId, subscriptionId } = delivery;
    const released = next.status === 'pending' ? null : this.deliveries.release(delivery, now);
    if (disable !== null) this.disable(subscriptionId, disable, now);
    return { deliveryId, status: next.status, disabled: disable !== null, recovered, released };
  }

  private disable(id: string, reason: string, now: number): void {
    this.session.run(
      `UPDATE {subscriptions} SET state = 'disabled', disabled_reason = ?, disabled_at = ?,
         updated_at = ?
       WHERE id = ?`,
      reason,
      now,
      now,
      id,
    );
    this.cancels.end(id, 'subscription disabled', now);
  }
}

function toHeld(row: Row): Held {
  return {
    id: textOf(row, 'id'),
    eventId: textOf(row, 'event_id'),
    subscriptionId: textOf(row, 'subscription_id'),
    orderingKey: textOrNull(row, 'ordering_key'),
    attempt: numberOf(row, 'attempts'),
    expunged: flagOf(row, 'expunged'),
  };
}

function nextOf(next: SettledDelivery, { expunged }: Held, health: Health | null): SettledDelivery {
  if (next.status !== 'pending') return { status: next.status, reason: storable(next.reason) };
  if (expunged) return { status: 'cancelled', reason: 'payload removed' };
  if (health === null) return { status: 'cancelled', reason: 'subscription deleted' };
  return health.enabled ? next : { status: 'cancelled', reason: 'subscription disabled' };
}

function attemptOf({ delivery, result }: Ending): EndedAttempt {
  const { id: deliveryId, attempt, expunged } = delivery;
  const { answer, error } = result;
  const kept = {
    ...result,
    duration: Math.round(result.duration),
    answer: expunged ? null : storable(answer),
    error: storable(error),
  };
  return { deliveryId, attempt, result: kept };
}

function waitingOf({ delivery, next }: Ending, now: number): FurtherTry[] {
  if (next.status !== 'pending') return [];
  const { id, subscriptionId } = delivery;
  return [{ id, subscriptionId, dueAt: Math.round(now + next.dueIn) }];
}

function endOf({ delivery, next }: Ending): DeliveryEnd[] {
  if (next.status === 'pending') return [];
  return [{ id: delivery.id, eventId: delivery.eventId, ...next }];
}

function unchanged({ deliveryId }: Settlement): Settled {
  return { deliveryId, status: null, disabled: false, recovered: false, released: null };
}

/** Some drivers cut a text at this character, which a receiver may well answer. */
function storable(text: string | null): string | null {
  return text === null ? null : text.toWellFormed().replaceAll('\0', '\uFFFD');
}
