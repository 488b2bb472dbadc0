import type { Clock, ClockTimer } from '../platform/clock.js';

/**
 * One timer, set to the moment the next delivery is due. It holds no ids, so that its memory does not
 * grow with the backlog.
 */
export class DueTimer {
  private timer: ClockTimer | null = null;
  private wakesAt = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly onDue: () => void,
  ) {}

  /** Sets it to `dueIn` milliseconds from now, unless it is set to an earlier moment. */
  set(dueIn: number): void {
    const at = this.clock.now() + dueIn;
    if (at >= this.wakesAt) return;
    this.timer?.cancel();
    this.wakesAt = at;
    this.timer = this.clock.setTimer(() => {
      this.stop();
      this.onDue();
    }, dueIn);
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
    this.wakesAt = Infinity;
  }
}
