import type { Clock, ClockTimer } from '../platform/clock.js';

/** How many requests may be in flight in each lane. */
export interface LaneLimits {
  readonly total: number;
  readonly slow: number;
}

/** A request's place in a lane. */
export interface Seat {
  readonly subscriptionId: string;
  readonly since: number;
  /** A further try, or one that was replayed. */
  readonly later: boolean;
  lane: 'ordinary' | 'slow';
}

/** What {@link Lanes} tell of. */
export interface LaneListener {
  /** A request has taken more than a second. */
  readonly onSlow: (subscriptionId: string) => void;
  /** The slow lane takes no more requests, or takes some again. */
  readonly onSlowLane: (full: boolean) => void;
  /** More may begin in the ordinary lane without a request having ended. */
  readonly onFreed: () => void;
}

const SLOW_AFTER = 1_000;

// A request waits as long as all that are in flight before it take the processor.
const LATER_PART = 4;

// About what begins and ends in a millisecond of the processor, and what a first try may have to wait for.
const LATER_IN_A_MILLISECOND = 8;
const LEAST_LATER_IN_A_TURN = 4;

/**
 * Counts requests in flight in two lanes. A request older than a second gives its place in the
 * ordinary lane back and is counted in the slow one, where a subscription known as slow starts: so
 * that many hanging receivers cannot use up the places of healthy ones. Further tries and what was
 * replayed have at most a quarter of the ordinary lane, and few of them begin in one turn of the event
 * loop, so that a backlog does not delay first tries.
 */
export class Lanes {
  private readonly ordinary = new Set<Seat>();
  private slowCount = 0;
  private readonly laterPlaces: number;
  private laterCount = 0;
  private laterInTurn = LEAST_LATER_IN_A_TURN;
  private begunInTurn = 0;
  private timer: ClockTimer | null = null;

  constructor(
    private readonly limits: LaneLimits,
    private readonly clock: Clock,
    private readonly listener: LaneListener,
  ) {
    this.laterPlaces = Math.ceil(limits.total / LATER_PART);
  }

  /** Free places in the ordinary lane. */
  get free(): number {
    return this.limits.total - this.ordinary.size;
  }

  /** How many further tries, and of what was replayed, may begin in the ordinary lane now. */
  get laterFree(): number {
    const left = Math.max(0, this.laterInTurn - this.begunInTurn);
    return Math.min(this.free, this.laterPlaces - this.laterCount, left);
  }

  /**
   * Notes how long the store took for a claim, in milliseconds. A first try waits for it in any case, so
   * that a claim which takes long brings more further tries.
   */
  noteClaim(duration: number): void {
    const worth = Math.ceil(LATER_IN_A_MILLISECOND * duration);
    this.laterInTurn = Math.max(LEAST_LATER_IN_A_TURN, worth);
  }

  enter(subscriptionId: string, slow: boolean, later: boolean): Seat {
    const since = this.clock.elapsed();
    const seat: Seat = { subscriptionId, since, later, lane: slow ? 'slow' : 'ordinary' };
    if (later) this.countTurn();
    if (slow) {
      this.countSlow(1);
    } else {
      this.ordinary.add(seat);
      if (later) this.laterCount++;
    }
    this.watch();
    return seat;
  }

  /** @returns whether the request took so long that its subscription counts as slow */
  leave(seat: Seat): boolean {
    if (seat.lane === 'slow') this.countSlow(-1);
    else this.quit(seat);
    return this.clock.elapsed() - seat.since >= SLOW_AFTER;
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  private quit(seat: Seat): void {
    this.ordinary.delete(seat);
    if (seat.later) this.laterCount--;
  }

  private countTurn(): void {
    this.begunInTurn++;
    if (this.begunInTurn > 1) return;
    setImmediate(() => {
      const held = this.begunInTurn >= LEAST_LATER_IN_A_TURN;
      this.begunInTurn = 0;
      if (held && this.laterFree > 0) this.listener.onFreed();
    });
  }

  private get slowFull(): boolean {
    // A claim may bring as many requests of slow subscriptions as the ordinary lane has places.
    return this.slowCount + this.limits.total > this.limits.slow;
  }

  private countSlow(change: number): void {
    const wasFull = this.slowFull;
    this.slowCount += change;
    if (wasFull !== this.slowFull) this.listener.onSlowLane(this.slowFull);
  }

  private watch(): void {
    if (this.timer !== null) return;
    for (const oldest of this.ordinary) {
      const delay = Math.max(0, oldest.since + SLOW_AFTER - this.clock.elapsed());
      this.timer = this.clock.setTimer(() => this.moveOld(), delay);
      return;
    }
  }

  private moveOld(): void {
    this.timer = null;
    const limit = this.clock.elapsed() - SLOW_AFTER;
    let moved = false;
    for (const seat of this.ordinary) {
      if (seat.since > limit || this.slowCount >= this.limits.slow) break;
      this.quit(seat);
      seat.lane = 'slow';
      this.countSlow(1);
      this.listener.onSlow(seat.subscriptionId);
      moved = true;
    }
    this.watchLater();
    if (moved) this.listener.onFreed();
  }

  /** While the slow lane is full an old request stays where it is, and is looked at again later. */
  private watchLater(): void {
    if (this.slowCount < this.limits.slow) this.watch();
    else if (this.ordinary.size > 0) {
      this.timer = this.clock.setTimer(() => this.moveOld(), SLOW_AFTER);
    }
  }
}
