import { Logger } from '@nestjs/common';
import type { WebhookTransport } from '../egress/transport.js';
import type { DeliveryEngine, DueRunner } from '../engine/delivery.engine.js';
import type { Clock } from '../platform/clock.js';
import type { Randomness } from '../platform/randomness.js';
import type { EventRecord } from '../store/event.record.js';
import type { RetrySchedule } from '../store/retry-schedule.record.js';
import type { Claim, WebhookStore } from '../store/webhook.store.js';
import type { BreakerOptions } from './breaker.js';
import type { DeliveryReporter } from './delivery.reporter.js';
import { LaneLimits, Lanes } from './lanes.js';
import { Pacing, ROOM_OF_UNKNOWN } from './pacing.js';
import { Sender } from './sender.js';
import { Sent, toSettlement } from './settlement.js';
import { Settler } from './settler.js';

/** What a {@link DeliveryWorker} needs of the module's options. */
export interface WorkerOptions {
  readonly concurrency: LaneLimits & { readonly perSubscription: number };
  readonly breaker: BreakerOptions;
  readonly retry: RetrySchedule;
  readonly timeout: number;
  /** Beyond `timeout`, so that a live attempt is never taken for an abandoned one. */
  readonly leaseMargin: number;
  readonly disableAfter: number;
  readonly shutdownGrace: number;
}

/** The parts a {@link DeliveryWorker} works with. */
export interface WorkerParts {
  readonly store: WebhookStore;
  readonly engine: DeliveryEngine;
  readonly sender: Sender;
  readonly transport: WebhookTransport;
  readonly reporter: DeliveryReporter;
  /** The schedule that an event's type declares. */
  readonly retryOf: (event: EventRecord) => RetrySchedule | undefined;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const SLOW_STATUSES: ReadonlySet<number | null> = new Set([429, 502, 504]);

/** Claims due deliveries, makes their attempts and settles them, as many at once as there is room for. */
export class DeliveryWorker implements DueRunner {
  private readonly logger = new Logger(DeliveryWorker.name);
  private readonly lanes: Lanes;
  private readonly pacing: Pacing;
  private readonly settler: Settler;
  private inFlight = 0;
  private onIdle: (() => void) | null = null;
  private claiming: Promise<void> | null = null;
  private awaitingRoom: (() => void)[] = [];
  private again = false;
  private hungry = false;
  /** 0 or 1: which kind of delivery comes first, in turn, also within one subscription's room. */
  private turn = 0;
  private stopped = true;

  constructor(
    private readonly options: WorkerOptions,
    private readonly parts: WorkerParts,
  ) {
    const { store, engine, clock } = parts;
    const { concurrency, breaker } = options;
    this.pacing = new Pacing({ ...concurrency, breaker }, clock, () => this.feed());
    this.lanes = new Lanes(concurrency, clock, {
      onSlow: (id) => this.pacing.markSlow(id),
      onSlowLane: (full) => this.pacing.closeSlowLane(full),
      onFreed: () => this.feed(),
    });
    this.settler = new Settler(store, engine, clock, (attempts) => {
      for (const attempt of attempts) parts.reporter.report(attempt);
      this.feed();
    });
  }

  /** Milliseconds after which a claim counts as abandoned. */
  get lease(): number {
    return this.options.timeout + this.options.leaseMargin;
  }

  async start(): Promise<void> {
    this.stopped = false;
    await this.parts.engine.start(this);
  }

  async take(deliveryIds: readonly string[]): Promise<void> {
    await this.claimed();
    this.run(deliveryIds);
    await this.claimed();
    while (!this.stopped && this.lanes.free === 0) {
      await new Promise<void>((resolve) => this.awaitingRoom.push(resolve));
    }
  }

  /** Claims what is due, unless no place is free: then the next one freed does. */
  run(deliveryIds?: readonly string[]): void {
    if (this.stopped) return;
    if (this.claiming !== null || this.lanes.free === 0) {
      this.again = true;
      this.hungry = true;
      return;
    }
    this.claiming = this.claim(deliveryIds).finally(() => {
      this.claiming = null;
      if (this.again && this.lanes.free > 0) this.run();
    });
  }

  /** So many processes deliver, this one included. */
  shareWith(replicas: number): void {
    this.pacing.shareWith(replicas);
  }

  /** Settles attempts whose process died, as `unknown`. */
  async settleAbandoned(limit: number): Promise<void> {
    for (const claim of await this.parts.store.claimAbandoned(limit, this.lease)) {
      this.settle(claim, unknown('the process ended during the request'));
    }
  }

  /**
   * Stops claiming, waits for requests in flight as long as the grace time allows, ends the others as
   * `unknown`, and resolves when all is recorded.
   */
  async stop(): Promise<void> {
    this.stopped = true;
    this.tellOfRoom();
    await this.parts.engine.stop();
    await this.claiming;
    const grace = this.parts.clock.setTimer(
      () => void this.parts.transport.abort(),
      this.options.shutdownGrace,
    );
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
    grace.cancel();
    this.lanes.stop();
    this.pacing.stop();
    await this.settler.drain();
    await this.parts.transport.abort();
  }

  private async claimed(): Promise<void> {
    while (this.claiming !== null) await this.claiming;
  }

  private async claim(deliveryIds?: readonly string[]): Promise<void> {
    this.again = false;
    this.turn = 1 - this.turn;
    const limit = this.lanes.free;
    const asked = this.parts.clock.elapsed();
    try {
      const { claims, nextDueIn, passedOver } = await this.parts.store.claim({
        limit,
        laterShare: this.turn * Math.ceil(limit / 2),
        laterLimit: this.lanes.laterFree,
        lease: this.lease,
        perSubscription: ROOM_OF_UNKNOWN,
        room: this.pacing.room,
        ...(deliveryIds === undefined ? {} : { deliveryIds }),
      });
      // A request that begins later could be in flight when the lease has run out.
      const waited = this.parts.clock.elapsed() - asked;
      this.lanes.noteClaim(waited);
      for (const claim of claims) {
        if (waited <= this.options.leaseMargin) void this.attempt(claim);
        else this.settle(claim, unknown(`the store took ${Math.round(waited)} ms to hand it over`));
      }
      const more = passedOver || claims.length === limit;
      // What some deliveries left over says nothing of the others that may be waiting.
      this.hungry = more || (deliveryIds !== undefined && this.hungry);
      if (claims.length === limit) this.again = true;
      else if (nextDueIn !== null) this.parts.engine.wake({ deliveryIds: [], dueIn: nextDueIn });
    } catch (error) {
      this.logger.error('The store gave no deliveries; the next sweep tries again.', error);
    }
  }

  private feed(): void {
    if (this.hungry) this.run();
    if (this.lanes.free > 0) this.tellOfRoom();
  }

  private tellOfRoom(): void {
    for (const resolve of this.awaitingRoom.splice(0)) resolve();
  }

  private async attempt(claim: Claim): Promise<void> {
    const { event, subscription } = claim;
    if (subscription === null) return;
    this.inFlight++;
    try {
      const { tries, replayed } = claim.delivery;
      const later = tries > 1 || replayed;
      const seat = this.lanes.enter(subscription.id, this.pacing.isSlow(subscription.id), later);
      this.pacing.enter(subscription);
      const sent = await this.parts.sender.send(event, subscription);
      const { outcome, status } = sent.result;
      const tookLong = this.lanes.leave(seat);
      const slow = tookLong || outcome === 'timeout' || SLOW_STATUSES.has(status);
      this.pacing.leave(subscription.id, outcome === 'success', slow);
      this.settle(claim, sent);
    } finally {
      this.inFlight--;
      if (this.inFlight === 0) this.onIdle?.();
    }
  }

  private settle(claim: Claim, sent: Sent): void {
    const { retry, disableAfter } = this.options;
    const policy = {
      retry: this.parts.retryOf(claim.event) ?? retry,
      disableAfter,
      now: this.parts.clock.now(),
      random: this.parts.randomness.fraction(),
    };
    this.settler.add({ claim, settlement: toSettlement(claim, sent, policy) });
  }
}

function unknown(error: string): Sent {
  const result = { outcome: 'unknown', duration: 0, status: null, answer: null, error } as const;
  return { result, retryAfter: null, final: false };
}
