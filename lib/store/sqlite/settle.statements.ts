import { encodeResult } from '../codec/attempt.codec.js';
import { decodeDelivery } from '../codec/delivery.codec.js';
import { numberOrNull, textOf } from '../codec/row.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { Settled, Settlement } from '../webhook.store.js';
import type { CancelStatements } from './cancel.statements.js';
import type { DeliveryTable } from './delivery.table.js';
import type { Session } from './session.js';

interface Health {
  enabled: boolean;
  failingSince: number | null;
}

/** Ending attempts. */
export class SettleStatements {
  constructor(
    private readonly session: Session,
    private readonly deliveries: DeliveryTable,
    private readonly cancels: CancelStatements,
  ) {}

  settle(settlements: readonly Settlement[], now: number): readonly Settled[] {
    const known = new Map<string, Health | null>();
    return settlements.map((settlement) => this.settleOne(settlement, known, now));
  }

  private settleOne(
    settlement: Settlement,
    known: Map<string, Health | null>,
    now: number,
  ): Settled {
    const { deliveryId, attempt, result, next, disable } = settlement;
    const row = this.session.get(
      'SELECT * FROM {deliveries} WHERE id = ? AND attempts = ? AND lease_until IS NOT NULL',
      deliveryId,
      attempt,
    );
    if (row === null) {
      return { deliveryId, status: null, disabled: false, recovered: false, released: null };
    }
    const delivery = decodeDelivery(row);
    const expunged = this.isExpunged(delivery);
    this.record(settlement, expunged);
    const health = this.healthOf(delivery.subscriptionId, known);
    const success = result.outcome === 'success';
    const recovered = success && health !== null && health.failingSince !== null;
    if (health !== null) this.note(delivery.subscriptionId, health, success, now);

    let status = next.status;
    let released: string | null = null;
    if (next.status !== 'pending') {
      released = this.deliveries.end(delivery, next.status, storable(next.reason), now);
    } else if (!expunged && health?.enabled === true) {
      this.deliveries.wait(delivery, Math.round(now + next.dueIn));
    } else {
      status = 'cancelled';
      const why = health === null ? 'subscription deleted' : 'subscription disabled';
      const reason = expunged ? 'payload removed' : why;
      released = this.deliveries.end(delivery, status, reason, now);
    }
    const disabled = disable !== null && health?.enabled === true;
    if (disabled) {
      health.enabled = false;
      this.disable(delivery.subscriptionId, disable, now);
    }
    return { deliveryId, status, disabled, recovered, released };
  }

  private record({ deliveryId, attempt, result }: Settlement, expunged: boolean): void {
    const kept = {
      ...result,
      duration: Math.round(result.duration),
      answer: expunged ? null : storable(result.answer),
      error: storable(result.error),
    };
    this.session.run(
      `UPDATE {attempts} SET outcome = ?, duration = ?, status = ?, answer = ?, error = ?
       WHERE delivery_id = ? AND number = ?`,
      ...encodeResult(kept),
      deliveryId,
      attempt,
    );
  }

  private isExpunged({ eventId }: DeliveryRecord): boolean {
    return this.session.get('SELECT 1 FROM {bodies} WHERE event_id = ?', eventId) === null;
  }

  /** Reads a subscription once per call; null when it was deleted. */
  private healthOf(id: string, known: Map<string, Health | null>): Health | null {
    let health = known.get(id);
    if (health === undefined) {
      const row = this.session.get(
        'SELECT state, failing_since FROM {subscriptions} WHERE id = ?',
        id,
      );
      health = row && {
        enabled: textOf(row, 'state') === 'enabled',
        failingSince: numberOrNull(row, 'failing_since'),
      };
      known.set(id, health);
    }
    return health;
  }

  private note(id: string, health: Health, success: boolean, now: number): void {
    const failingSince = success ? null : (health.failingSince ?? now);
    if (failingSince === health.failingSince) return;
    health.failingSince = failingSince;
    this.session.run('UPDATE {subscriptions} SET failing_since = ? WHERE id = ?', failingSince, id);
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

/** Some drivers cut a text at this character, which a receiver may well answer. */
function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '\uFFFD');
}
