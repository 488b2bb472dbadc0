import { setImmediate } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Clock, ClockTimer } from '../platform/clock.js';
import type { WebhookStore } from '../store/webhook.store.js';
import type { DeliveryWorker } from './delivery.worker.js';

const BATCH = 1_000;
const LINES = 500;

// A process that is not heard of at so many sweeps counts no more.
const SWEEPS_MISSED = 3;

/** What a {@link Sweeper} needs of the module's options. */
export interface SweeperOptions {
  readonly sweepInterval: number;
  readonly retention: number;
}

/**
 * Finds, at intervals, what nobody else would: attempts whose process died, deliveries that are due
 * although no engine woke the worker, deliveries to be cancelled, and records past their retention.
 */
export class Sweeper {
  private readonly logger = new Logger(Sweeper.name);
  private timer: ClockTimer | null = null;
  private sweeping: Promise<void> | null = null;
  private tidying: Promise<void> | null = null;
  private stopped = true;

  constructor(
    private readonly options: SweeperOptions,
    private readonly store: WebhookStore,
    private readonly worker: DeliveryWorker,
    private readonly clock: Clock,
    private readonly replicaId: string,
  ) {}

  start(): void {
    this.stopped = false;
    this.arm();
  }

  /** Tells the store of this process, and the worker how many there are. */
  async share(): Promise<void> {
    try {
      const ttl = SWEEPS_MISSED * this.options.sweepInterval;
      this.worker.shareWith(await this.store.noteReplica(this.replicaId, ttl));
    } catch (error) {
      this.logger.error('The processes were not counted; the next sweep tries again.', error);
    }
  }

  /** Resolves when no sweep is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.sweeping;
    await this.tidying;
    await this.leave();
  }

  private arm(): void {
    if (this.stopped) return;
    this.timer = this.clock.setTimer(() => {
      this.sweeping = this.sweep().finally(() => this.arm());
    }, this.options.sweepInterval);
  }

  private async sweep(): Promise<void> {
    try {
      await this.worker.settleAbandoned(BATCH);
      await this.store.releaseStranded(LINES);
      this.worker.run();
      // A long one must not hold up the next sweep.
      this.tidying ??= this.tidy().finally(() => (this.tidying = null));
      await this.share();
    } catch (error) {
      this.logger.error('A sweep failed; the next one tries again.', error);
    }
  }

  private async leave(): Promise<void> {
    try {
      await this.store.noteReplica(this.replicaId, 0);
    } catch (error) {
      this.logger.warn('The end of this process was not noted; others see it in time.', error);
    }
  }

  private async tidy(): Promise<void> {
    try {
      while (!this.stopped && (await this.store.cancelWaiting(BATCH)));
      while (!this.stopped && (await this.store.purge(this.options.retention, BATCH)) >= BATCH) {
        // Requests go on in between, also where a store works in memory.
        await setImmediate();
      }
    } catch (error) {
      this.logger.error('Not all was cancelled or purged; the next sweep goes on.', error);
    }
  }
}
