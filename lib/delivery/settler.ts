import { Logger } from '@nestjs/common';
import type { DeliveryEngine } from '../engine/delivery.engine.js';
import type { Clock, ClockTimer } from '../platform/clock.js';
import type { Claim, Settlement, WebhookStore } from '../store/webhook.store.js';
import type { RecordedAttempt } from './delivery.reporter.js';

/** An attempt that has ended, with the decision that follows from it. */
export interface EndedAttempt {
  readonly claim: Claim;
  readonly settlement: Settlement;
}

const BATCH = 500;
const RETRY_DELAY = 1_000;

/**
 * Hands ended attempts to the store, those of one turn of the event loop together, and in batches while
 * an earlier batch is being written. What the store does not take is kept and tried again.
 */
export class Settler {
  private readonly logger = new Logger(Settler.name);
  private waiting: EndedAttempt[] = [];
  private flushing: Promise<void> | null = null;
  private soon: NodeJS.Immediate | null = null;
  private timer: ClockTimer | null = null;

  constructor(
    private readonly store: WebhookStore,
    private readonly engine: DeliveryEngine,
    private readonly clock: Clock,
    private readonly onSettled: (attempts: readonly RecordedAttempt[]) => void,
  ) {}

  add(attempt: EndedAttempt): void {
    this.waiting.push(attempt);
    this.beginSoon();
  }

  /** Resolves when everything was handed over, or the store refused it. */
  async drain(): Promise<void> {
    await this.flushing;
    this.disarm();
    if (this.waiting.length > 0) await this.begin();
    this.disarm();
  }

  private disarm(): void {
    if (this.soon !== null) clearImmediate(this.soon);
    this.soon = null;
    this.timer?.cancel();
    this.timer = null;
  }

  private beginSoon(): void {
    if (this.soon !== null || this.flushing !== null || this.timer !== null) return;
    this.soon = setImmediate(() => {
      this.soon = null;
      void this.begin();
    });
  }

  private begin(): Promise<void> {
    this.flushing = this.flush().finally(() => {
      this.flushing = null;
      if (this.waiting.length > 0) this.beginSoon();
    });
    return this.flushing;
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      try {
        const settled = await this.store.settle(batch.map(({ settlement }) => settlement));
        this.goOn(
          batch.map(({ claim, settlement }, index) => ({
            claim,
            settlement,
            settled: settled[index]!,
          })),
        );
      } catch (error) {
        this.waiting = [...batch, ...this.waiting];
        const count = batch.length;
        this.logger.error(`The store did not record ${count} attempt(s); trying again.`, error);
        this.timer = this.clock.setTimer(() => {
          this.timer = null;
          void this.begin();
        }, RETRY_DELAY);
        return;
      }
    }
  }

  private goOn(attempts: readonly RecordedAttempt[]): void {
    const released: string[] = [];
    for (const { settlement, settled } of attempts) {
      const { deliveryId, next } = settlement;
      if (settled.released !== null) released.push(settled.released);
      if (next.status === 'pending' && settled.status === 'pending') {
        this.engine.wake({ deliveryIds: [deliveryId], dueIn: next.dueIn });
      }
    }
    if (released.length > 0) this.engine.wake({ deliveryIds: released, dueIn: 0 });
    this.onSettled(attempts);
  }
}
