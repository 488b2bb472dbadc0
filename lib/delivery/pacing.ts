import { LRUCache } from 'lru-cache';
import TinyQueue from 'tinyqueue';
import type { Clock, ClockTimer } from '../platform/clock.js';
import type { SubscriptionRecord } from '../store/subscription.record.js';
import { Breaker, BreakerOptions } from './breaker.js';
import { TokenBucket } from './token.bucket.js';

/** What {@link Pacing} needs of the module's options. */
export interface PacingOptions {
  /** Requests of one subscription at once. */
  readonly perSubscription: number;
  /** Requests at once of all subscriptions: so many of them are remembered as quick. */
  readonly total: number;
  readonly breaker: BreakerOptions;
}

interface Pace {
  subscription: SubscriptionRecord;
  inFlight: number;
  bucket: TokenBucket | null;
  readonly breaker: Breaker;
}

/** Requests at once of a subscription of which nothing is known. */
export const ROOM_OF_UNKNOWN = 1;

const MOST_KNOWN = 20_000;

/**
 * Knows, per subscription, how many requests may be begun just now: its concurrency, its rate limit,
 * and the breaker. It is one at a time until a first quick answer, and again while it is slow: many
 * hanging receivers that nobody knows yet would else use up all places. Waiting costs no attempt.
 */
export class Pacing {
  private readonly paces = new Map<string, Pace>();
  private readonly rooms = new Map<string, number>();
  private readonly slow = new Set<string>();
  /** Those that last answered quickly. More of them than there are places need no room for two. */
  private readonly quick: LRUCache<string, true>;
  private readonly paused = new TinyQueue<{ readonly id: string; readonly until: number }>(
    [],
    (a, b) => a.until - b.until,
  );
  private slowLaneFull = false;
  private replicas = 1;
  private timer: ClockTimer | null = null;
  private timerAt = Infinity;

  /** @param onFreed a pause has ended */
  constructor(
    private readonly options: PacingOptions,
    private readonly clock: Clock,
    private readonly onFreed: () => void,
  ) {
    this.quick = new LRUCache<string, true>({
      max: options.total,
      disposeAfter: (_, id, reason) => {
        if (reason === 'evict') this.update(id, this.paces.get(id)!);
      },
    });
  }

  /** Room of the subscriptions that have another one than {@link ROOM_OF_UNKNOWN}. */
  get room(): ReadonlyMap<string, number> {
    return this.rooms;
  }

  isSlow(subscriptionId: string): boolean {
    return this.slow.has(subscriptionId);
  }

  enter(subscription: SubscriptionRecord): void {
    const pace = this.paceOf(subscription);
    pace.inFlight++;
    pace.bucket?.take(this.clock.elapsed());
    this.update(subscription.id, pace);
  }

  /** @param slow it took long, or the receiver asked for less speed */
  leave(subscriptionId: string, success: boolean, slow: boolean): void {
    const pace = this.paces.get(subscriptionId)!;
    pace.inFlight--;
    pace.breaker.note(success, this.clock.elapsed());
    if (slow) {
      this.noteSlow(subscriptionId);
    } else {
      this.slow.delete(subscriptionId);
      this.quick.set(subscriptionId, true);
    }
    this.update(subscriptionId, pace);
  }

  markSlow(subscriptionId: string): void {
    this.noteSlow(subscriptionId);
    this.update(subscriptionId, this.paces.get(subscriptionId)!);
  }

  /** Stops, or allows, new requests of slow subscriptions. */
  closeSlowLane(full: boolean): void {
    this.slowLaneFull = full;
    for (const id of this.slow) this.update(id, this.paces.get(id)!);
  }

  /** Each of so many processes has its part of every rate limit. */
  shareWith(replicas: number): void {
    if (replicas === this.replicas) return;
    this.replicas = replicas;
    for (const [id, pace] of this.paces) {
      if (pace.bucket === null) continue;
      pace.bucket.changeRate(pace.subscription.rateLimit! / replicas, this.clock.elapsed());
      this.update(id, pace);
    }
    this.onFreed();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
    this.timerAt = Infinity;
  }

  private noteSlow(subscriptionId: string): void {
    this.slow.add(subscriptionId);
    this.quick.delete(subscriptionId);
  }

  private paceOf(subscription: SubscriptionRecord): Pace {
    let pace = this.paces.get(subscription.id);
    if (pace === undefined) {
      const breaker = new Breaker(this.options.breaker);
      pace = { subscription, inFlight: 0, bucket: null, breaker };
      this.paces.set(subscription.id, pace);
      if (this.paces.size > MOST_KNOWN) this.forgetIdle();
    }
    pace.subscription = subscription;
    const rate = subscription.rateLimit === null ? null : subscription.rateLimit / this.replicas;
    if (rate !== (pace.bucket?.rate ?? null)) {
      pace.bucket = rate === null ? null : new TokenBucket(rate, this.clock.elapsed());
    }
    return pace;
  }

  private update(id: string, pace: Pace): void {
    const now = this.clock.elapsed();
    const pause = Math.max(pace.breaker.pauseLeft(now), pace.bucket?.nextIn(now) ?? 0);
    if (pause > 0) this.wakeAt(id, now + pause);
    const room = pause > 0 ? 0 : this.roomOf(pace, now);
    if (this.isOrdinary(id, pace, now)) {
      this.paces.delete(id);
      this.rooms.delete(id);
    } else if (room === ROOM_OF_UNKNOWN) {
      this.rooms.delete(id);
    } else {
      this.rooms.set(id, room);
    }
  }

  private roomOf({ subscription, inFlight, bucket, breaker }: Pace, now: number): number {
    if (this.slowLaneFull && this.slow.has(subscription.id)) return 0;
    const own = subscription.concurrency ?? this.options.perSubscription;
    const quick = this.quick.has(subscription.id) && !breaker.isProbing;
    const cap = quick ? own : ROOM_OF_UNKNOWN;
    return Math.max(0, Math.min(cap - inFlight, bucket?.available(now) ?? Infinity));
  }

  private isOrdinary(id: string, { inFlight, bucket, breaker }: Pace, now: number): boolean {
    const full = bucket?.isFull(now) ?? true;
    const unknown = !this.slow.has(id) && !this.quick.has(id);
    return inFlight === 0 && unknown && breaker.isClosed && full;
  }

  private wakeAt(id: string, until: number): void {
    this.paused.push({ id, until });
    if (until >= this.timerAt) return;
    this.timer?.cancel();
    this.timerAt = until;
    this.timer = this.clock.setTimer(() => this.endPauses(), until - this.clock.elapsed());
  }

  private endPauses(): void {
    this.stop();
    const now = this.clock.elapsed();
    let next = this.paused.peek();
    while (next !== undefined && next.until <= now) {
      this.paused.pop();
      const pace = this.paces.get(next.id);
      if (pace !== undefined) this.update(next.id, pace);
      next = this.paused.peek();
    }
    if (next !== undefined && this.timer === null) {
      this.timerAt = next.until;
      this.timer = this.clock.setTimer(() => this.endPauses(), next.until - now);
    }
    this.onFreed();
  }

  private forgetIdle(): void {
    for (const [id, { inFlight }] of this.paces) {
      if (inFlight > 0) continue;
      this.paces.delete(id);
      this.rooms.delete(id);
      this.slow.delete(id);
      this.quick.delete(id);
    }
  }
}
