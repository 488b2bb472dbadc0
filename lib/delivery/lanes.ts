import type { Clock, ClockTimer } from '../platform/clock.js';

/** How many requests may be in flight. */
export interface LaneLimits {
  /** In the ordinary lane. */
  readonly total: number;
  /** In the slow lane. */
  readonly slow: number;
  /** Of one subscription, unless it is slow: then one. */
  readonly perSubscription: number;
}

/** A request's place in a lane. */
export interface Seat {
  readonly subscriptionId: string;
  readonly since: number;
  lane: 'ordinary' | 'slow';
}

const SLOW_AFTER = 1_000;
const MOST_KNOWN_SLOW = 10_000;

/**
 * Counts requests in flight in two lanes. A request older than a second gives its place in the
 * ordinary lane back and is counted in the slow one, where a subscription known as slow starts: so
 * that many hanging receivers cannot use up the places of healthy ones.
 */
export class Lanes {
  private readonly inFlight = new Map<string, number>();
  private readonly knownSlow = new Set<string>();
  private readonly rooms = new Map<string, number>();
  private readonly ordinary = new Set<Seat>();
  private slowCount = 0;
  private timer: ClockTimer | null = null;

  constructor(
    private readonly limits: LaneLimits,
    private readonly clock: Clock,
    private readonly onFreed: () => void,
  ) {}

  /** Free places in the ordinary lane. */
  get free(): number {
    return this.limits.total - this.ordinary.size;
  }

  /** Room of the subscriptions that have less of it than `perSubscription`. */
  get room(): ReadonlyMap<string, number> {
    return this.rooms;
  }

  enter(subscriptionId: string): Seat {
    const lane = this.knownSlow.has(subscriptionId) ? 'slow' : 'ordinary';
    const seat: Seat = { subscriptionId, since: this.clock.elapsed(), lane };
    this.inFlight.set(subscriptionId, (this.inFlight.get(subscriptionId) ?? 0) + 1);
    if (lane === 'slow') this.countSlow(1);
    else this.ordinary.add(seat);
    this.updateRoom(subscriptionId);
    this.watch();
    return seat;
  }

  /** @param slowDown the receiver asked for, or showed, less speed: one request at a time from now */
  leave(seat: Seat, slowDown: boolean): void {
    const { subscriptionId } = seat;
    const left = this.inFlight.get(subscriptionId)! - 1;
    if (left === 0) this.inFlight.delete(subscriptionId);
    else this.inFlight.set(subscriptionId, left);
    if (seat.lane === 'slow') this.countSlow(-1);
    else this.ordinary.delete(seat);
    const tookLong = this.clock.elapsed() - seat.since >= SLOW_AFTER;
    if (slowDown || tookLong) this.markSlow(subscriptionId);
    else this.knownSlow.delete(subscriptionId);
    this.updateRoom(subscriptionId);
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  private get slowFull(): boolean {
    // A claim may bring as many requests of slow subscriptions as the ordinary lane has places.
    return this.slowCount + this.limits.total > this.limits.slow;
  }

  private countSlow(change: number): void {
    const wasFull = this.slowFull;
    this.slowCount += change;
    if (wasFull !== this.slowFull) for (const id of this.knownSlow) this.updateRoom(id);
  }

  private markSlow(subscriptionId: string): void {
    this.knownSlow.add(subscriptionId);
    if (this.knownSlow.size <= MOST_KNOWN_SLOW) return;
    for (const oldest of this.knownSlow) {
      this.knownSlow.delete(oldest);
      this.updateRoom(oldest);
      return;
    }
  }

  private updateRoom(subscriptionId: string): void {
    const { perSubscription } = this.limits;
    const slow = this.knownSlow.has(subscriptionId);
    const cap = slow ? (this.slowFull ? 0 : 1) : perSubscription;
    const room = Math.max(0, cap - (this.inFlight.get(subscriptionId) ?? 0));
    if (room < perSubscription) this.rooms.set(subscriptionId, room);
    else this.rooms.delete(subscriptionId);
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
      this.ordinary.delete(seat);
      seat.lane = 'slow';
      this.markSlow(seat.subscriptionId);
      this.countSlow(1);
      this.updateRoom(seat.subscriptionId);
      moved = true;
    }
    this.watch();
    if (moved) this.onFreed();
  }
}
