import type {
  OnApplicationBootstrap,
  OnApplicationShutdown,
  OnModuleDestroy,
} from '@nestjs/common';
import type { DeliveryEngine } from '../engine/delivery.engine.js';
import type { WebhookStore } from '../store/webhook.store.js';
import type { DeliveryWorker } from './delivery.worker.js';
import { SecondSigterm } from './second.sigterm.js';
import type { Sweeper } from './sweeper.js';

/** The parts that a {@link DeliveryRunner} starts and stops. */
export interface RunnerParts {
  readonly store: WebhookStore;
  readonly engine: DeliveryEngine;
  readonly worker: DeliveryWorker;
  readonly sweeper: Sweeper;
}

/** Starts delivering when the application has started, and stops when it shuts down. */
export class DeliveryRunner
  implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  private readonly secondSigterm = new SecondSigterm();
  private started = false;

  /** @param delivers false where events are only accepted */
  constructor(
    private readonly delivers: boolean,
    private readonly parts: RunnerParts,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { store, engine, worker, sweeper } = this.parts;
    this.started = true;
    if (!this.delivers) {
      await store.open(null);
      await engine.start(null);
      return;
    }
    await store.open(() => worker.run());
    await sweeper.share();
    await worker.start();
    sweeper.start();
  }

  async onModuleDestroy(): Promise<void> {
    if (!this.started) return;
    this.secondSigterm.expect();
    await this.parts.sweeper.stop();
    await this.parts.worker.stop();
    await this.parts.store.close();
  }

  onApplicationShutdown(): void {
    this.secondSigterm.forget();
  }
}
