import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { DeliveryWorker } from './delivery.worker.js';
import { Sweeper } from './sweeper.js';

/** Starts delivering when the application has started, and stops when it shuts down. */
@Injectable()
export class DeliveryRunner implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly worker: DeliveryWorker,
    private readonly sweeper: Sweeper,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.worker.start();
    this.sweeper.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeper.stop();
    await this.worker.stop();
  }
}
