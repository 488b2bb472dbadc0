import { Logger } from '@nestjs/common';
import type { Notifier } from '../notifications/notifier.js';
import type { Clock } from '../platform/clock.js';
import type { Claim, Settled, Settlement } from '../store/webhook.store.js';

/** Which attempts leave a line in the application's log. */
export type AttemptLog = 'none' | 'failures' | 'all';

/** An attempt that the store has recorded. */
export interface RecordedAttempt {
  readonly claim: Claim;
  readonly settlement: Settlement;
  readonly settled: Settled;
}

/** Tells the log and the application's listeners what came of attempts. */
export class DeliveryReporter {
  private readonly logger = new Logger('WebhookAttempt');

  constructor(
    private readonly notifier: Notifier,
    private readonly clock: Clock,
    private readonly attemptLog: AttemptLog,
  ) {}

  report(attempt: RecordedAttempt): void {
    // Another process had taken the delivery over: what it recorded counts.
    if (attempt.settled.status === null) return;
    this.log(attempt);
    this.notify(attempt);
  }

  private log({ claim, settlement, settled }: RecordedAttempt): void {
    const success = settlement.result.outcome === 'success';
    if (this.attemptLog === 'none' || (success && this.attemptLog === 'failures')) return;
    const { delivery } = claim;
    const { outcome, status, duration, error } = settlement.result;
    const line = {
      message: success ? 'webhook delivered' : 'webhook attempt failed',
      tenant: delivery.tenant,
      eventType: delivery.eventType,
      eventId: delivery.eventId,
      subscriptionId: delivery.subscriptionId,
      deliveryId: delivery.id,
      attempt: delivery.attempts,
      outcome,
      status,
      duration,
      error,
      delivery: settled.status,
      nextAttemptIn: settlement.next.status === 'pending' ? settlement.next.dueIn : null,
    };
    if (success) this.logger.log(line);
    else this.logger.warn(line);
  }

  private notify({ claim, settlement, settled }: RecordedAttempt): void {
    const { result, next, disable } = settlement;
    const { outcome, status } = result;
    const now = this.clock.now();
    const about = () => ({
      tenant: claim.delivery.tenant,
      subscriptionId: claim.delivery.subscriptionId,
      deliveryId: claim.delivery.id,
      eventId: claim.delivery.eventId,
      eventType: claim.delivery.eventType,
      attempt: claim.delivery.attempts,
      at: new Date(now),
    });
    if (outcome === 'success') {
      this.notifier.emit('delivery.succeeded', () => ({ ...about(), status }));
    } else {
      const again = settled.status === 'pending' && next.status === 'pending';
      const nextAttemptAt = again ? new Date(now + next.dueIn) : null;
      this.notifier.emit('attempt.failed', () => ({ ...about(), outcome, status, nextAttemptAt }));
    }
    if (settled.status === 'exhausted' && next.status !== 'pending') {
      const { reason } = next;
      this.notifier.emit('delivery.exhausted', () => ({ ...about(), reason }));
    }
    const { tenant, subscriptionId } = claim.delivery;
    const subscription = { tenant, subscriptionId, at: new Date(now) };
    if (settled.disabled && disable !== null) {
      this.notifier.emit('subscription.disabled', () => ({ ...subscription, reason: disable }));
    }
    if (settled.recovered) this.notifier.emit('subscription.recovered', () => subscription);
  }
}
