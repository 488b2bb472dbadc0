import type { Clock, ClockTimer } from '../../platform/clock.js';
import { SystemClock } from '../../platform/system.clock.js';
import { DeliveryEngine, DeliveryHint, DueRunner } from '../delivery.engine.js';

/**
 * The default engine: one timer in this process, set to the moment the next delivery is due. It holds
 * no ids, so that its memory does not grow with the backlog.
 */
export class InProcessEngine extends DeliveryEngine {
  private run: DueRunner | null = null;
  private timer: ClockTimer | null = null;
  private wakesAt = Infinity;

  constructor(private readonly clock: Clock = new SystemClock()) {
    super();
  }

  async start(run: DueRunner): Promise<void> {
    this.run = run;
    run();
  }

  wake({ dueIn }: DeliveryHint): void {
    if (this.run === null) return;
    if (dueIn <= 0) {
      this.run();
      return;
    }
    const at = this.clock.now() + dueIn;
    if (at >= this.wakesAt) return;
    this.timer?.cancel();
    this.wakesAt = at;
    this.timer = this.clock.setTimer(() => this.fire(), dueIn);
  }

  async stop(): Promise<void> {
    this.run = null;
    this.timer?.cancel();
    this.timer = null;
    this.wakesAt = Infinity;
  }

  private fire(): void {
    this.timer = null;
    this.wakesAt = Infinity;
    this.run?.();
  }
}
