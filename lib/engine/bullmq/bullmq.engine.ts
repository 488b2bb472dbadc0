import { SystemClock } from '../../platform/system.clock.js';
import { DeliveryEngine, DeliveryHint, DueRunner } from '../delivery.engine.js';
import { DueTimer } from '../due.timer.js';
import { BullMqEngineOptions, checkOptions } from './bullmq.options.js';
import { HintIntake } from './hint.intake.js';
import { HintOutbox } from './hint.outbox.js';
import { HintQueue } from './hint.queue.js';
import { Outage } from './outage.js';

/**
 * Wakes whichever process has room, through a queue of BullMQ 6 on Redis or PostgreSQL. The queue holds
 * ids of deliveries that are due now, in batches; what is due later is known to one timer of the process
 * that tried it last, and to the store. While the queue is away, processes deliver what they accepted,
 * and sweeps find the rest.
 *
 * @example
 * new BullMqEngine({ connection: { url: 'redis://localhost:6379' } })
 */
export class BullMqEngine extends DeliveryEngine {
  private runner: DueRunner | null = null;
  private readonly timer: DueTimer;
  private readonly outbox: HintOutbox;
  private readonly intake: HintIntake;

  /** @throws InvalidArgumentError for an option that cannot be used */
  constructor(options: BullMqEngineOptions) {
    super();
    checkOptions(options);
    const clock = new SystemClock();
    const outage = new Outage();
    const queue = new HintQueue(options, clock, outage);
    const run = (): void => this.runner?.run();
    this.timer = new DueTimer(clock, run);
    this.outbox = new HintOutbox(queue, clock, outage, run);
    this.intake = new HintIntake(queue, clock, outage);
  }

  async start(runner: DueRunner | null): Promise<void> {
    this.runner = runner;
    this.outbox.start();
    if (runner === null) return;
    this.intake.start(runner);
    runner.run();
  }

  wake({ deliveryIds, dueIn }: DeliveryHint): void {
    if (dueIn > 0) {
      if (this.runner !== null) this.timer.set(dueIn);
    } else if (deliveryIds.length > 0) this.outbox.add(deliveryIds);
    else this.runner?.run();
  }

  async stop(): Promise<void> {
    this.timer.stop();
    await this.intake.stop();
    this.runner = null;
    await this.outbox.stop();
  }
}
