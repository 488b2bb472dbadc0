import type { Clock } from '../../platform/clock.js';
import { SystemClock } from '../../platform/system.clock.js';
import { DeliveryEngine, DeliveryHint, DueRunner } from '../delivery.engine.js';
import { DueTimer } from '../due.timer.js';

/** The default engine: wakes the worker of its own process, at once or by a timer. */
export class InProcessEngine extends DeliveryEngine {
  private runner: DueRunner | null = null;
  private readonly timer: DueTimer;

  constructor(clock: Clock = new SystemClock()) {
    super();
    this.timer = new DueTimer(clock, () => this.runner?.run());
  }

  async start(runner: DueRunner | null): Promise<void> {
    this.runner = runner;
    runner?.run();
  }

  wake({ dueIn }: DeliveryHint): void {
    if (this.runner === null) return;
    if (dueIn <= 0) this.runner.run();
    else this.timer.set(dueIn);
  }

  async stop(): Promise<void> {
    this.runner = null;
    this.timer.stop();
  }
}
