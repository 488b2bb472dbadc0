import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { WebhookStore } from '../store/webhook.store.js';
import { DeliveryWorker } from './delivery.worker.js';
import { Sweeper } from './sweeper.js';

/** Starts delivering when the application has started, and stops when it shuts down. */
@Injectable()
export class DeliveryRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private started = false;

  constructor(
    private readonly store: WebhookStore,
    private readonly worker: DeliveryWorker,
    private readonly sweeper: Sweeper,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.started = true;
    await this.store.open(() => this.worker.run());
    await this.worker.start();
    this.sweeper.start();
  }

  async onModuleDestroy(): Promise<void> {
    if (!this.started) return;
    await this.sweeper.stop();
    await this.worker.stop();
    await this.store.close();
  }
}
