import type { Attempt, Delivery } from 'nestjs-webhooks';
import type { Stage } from './stage.js';
import { resultOf } from './result.js';

/** Prints every attempt once, when it has ended. */
export class Timeline {
  private readonly start = Date.now();
  /** How many attempts of a delivery are printed. */
  private readonly printed = new Map<string, number>();

  constructor(private readonly stage: Stage) {}

  async print(): Promise<void> {
    const { items } = await this.stage.webhooks.deliveries.list({ limit: 200 });
    const fresh = items.filter(
      ({ id, attemptCount }) => attemptCount > (this.printed.get(id) ?? 0),
    );
    for (const delivery of fresh.toReversed()) await this.printDelivery(delivery);
  }

  private async printDelivery(delivery: Delivery): Promise<void> {
    const printed = this.printed.get(delivery.id) ?? 0;
    const { attempts } = await this.stage.webhooks.deliveries.get(delivery.id);
    const ended = attempts.filter(({ outcome }) => outcome !== null);
    for (const attempt of ended.slice(printed)) console.log(this.line(delivery, attempt));
    this.printed.set(delivery.id, ended.length);
  }

  private line({ eventType, subscriptionId }: Delivery, attempt: Attempt): string {
    const offset = ((attempt.startedAt.getTime() - this.start) / 1_000).toFixed(3);
    return [
      `  +${offset.padStart(6)} s`,
      eventType.padEnd(22),
      this.stage.nameOf(subscriptionId).padEnd(16),
      `attempt ${attempt.number}`,
      resultOf(attempt).padEnd(18),
      `${attempt.duration} ms`.padStart(7),
    ].join('  ');
  }
}
