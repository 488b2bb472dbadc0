import { setImmediate } from 'node:timers/promises';
import { Clock, ClockTimer } from '../platform/clock.js';

interface FakeTimer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A {@link Clock} that stands still until told otherwise: give it to the module as `clock`, and days
 * of retries pass in milliseconds.
 */
export class FakeClock extends Clock {
  private readonly timers = new Set<FakeTimer>();
  private readonly start: number;
  private time: number;
  private order = 0;

  /** @param start first reading; 1 January 2026, UTC, by default */
  constructor(start: Date = new Date(Date.UTC(2026, 0, 1))) {
    super();
    this.start = start.getTime();
    this.time = this.start;
  }

  now(): number {
    return this.time;
  }

  elapsed(): number {
    return this.time - this.start;
  }

  setTimer(callback: () => void, delay: number): ClockTimer {
    const timer = { at: this.time + Math.max(0, delay), order: this.order++, callback };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  }

  /**
   * Lets time pass. Timers fire in order, each at its own moment, and what they begin gets a turn of
   * the event loop before time goes on; network traffic that takes longer is yours to wait for.
   *
   * @param milliseconds how far; 0 fires what is due already
   */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (let timer = this.next(); timer !== null && timer.at <= end; timer = this.next()) {
      this.timers.delete(timer);
      this.time = Math.max(this.time, timer.at);
      timer.callback();
      await setImmediate();
    }
    this.time = end;
    await setImmediate();
  }

  private next(): FakeTimer | null {
    let next: FakeTimer | null = null;
    for (const timer of this.timers) {
      const sooner = next === null || timer.at < next.at;
      if (sooner || (timer.at === next?.at && timer.order < next.order)) next = timer;
    }
    return next;
  }
}
