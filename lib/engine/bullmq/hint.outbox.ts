import type { Clock, ClockTimer } from '../../platform/clock.js';
import type { HintQueue, QueueEntry } from './hint.queue.js';
import type { Outage } from './outage.js';
import { backoff, CALL_LIMIT, within } from './time.limit.js';

const BATCH = 50;
const SPACING = 10;
const MOST_WAITING = 10_000;
const MOST_QUEUED = 1_000;
const COUNT_INTERVAL = 1_000;

/**
 * Puts hints into the queue, in batches: the first at once, and what follows within a few milliseconds
 * together. While the queue fails, or is full, hints are dropped.
 */
export class HintOutbox {
  private entry: QueueEntry | null = null;
  private waiting: string[] = [];
  private flushing: Promise<void> | null = null;
  private timer: ClockTimer | null = null;
  private flushAt = -Infinity;
  private countAt = -Infinity;
  private queued = 0;
  private failures = 0;
  private stopped = true;

  /** @param onDropped hints were dropped: what they named is due, and nobody else may know */
  constructor(
    private readonly queue: HintQueue,
    private readonly clock: Clock,
    private readonly outage: Outage,
    private readonly onDropped: () => void,
  ) {}

  /** Opens the queue, so that wrong options are refused now. */
  start(): void {
    this.stopped = false;
    this.entry = this.queue.openEntry();
  }

  add(deliveryIds: readonly string[]): void {
    const left = MOST_WAITING - this.waiting.length;
    if (this.stopped || this.isPausing || left < deliveryIds.length) {
      this.onDropped();
      return;
    }
    this.waiting.push(...deliveryIds);
    this.flushSoon();
  }

  /** Puts what waits into the queue and closes it. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    this.timer = null;
    await this.flushing;
    if (this.waiting.length > 0) await this.flush();
    if (this.entry !== null) await this.queue.close(this.entry);
    this.entry = null;
  }

  /** Whether it waits for a while after a failure. */
  private get isPausing(): boolean {
    return this.failures > 0 && this.clock.elapsed() < this.flushAt;
  }

  private flushSoon(): void {
    if (this.stopped || this.flushing !== null || this.timer !== null) return;
    const delay = Math.max(0, this.flushAt - this.clock.elapsed());
    this.timer = this.clock.setTimer(() => {
      this.timer = null;
      this.flushing = this.flush().finally(() => {
        this.flushing = null;
        if (this.waiting.length > 0) this.flushSoon();
      });
    }, delay);
  }

  private async flush(): Promise<void> {
    const deliveryIds = this.waiting.splice(0);
    this.flushAt = this.clock.elapsed() + SPACING;
    try {
      this.entry ??= this.queue.openEntry();
      await within(CALL_LIMIT, this.clock, this.put(this.entry, deliveryIds));
      this.failures = 0;
      this.outage.end();
    } catch (error) {
      await this.fail(error);
    }
  }

  private async put(entry: QueueEntry, deliveryIds: readonly string[]): Promise<void> {
    if (this.queued >= MOST_QUEUED || this.clock.elapsed() >= this.countAt) {
      this.queued = await entry.getWaitingCount();
      this.countAt = this.clock.elapsed() + COUNT_INTERVAL;
    }
    if (this.queued >= MOST_QUEUED) {
      this.onDropped();
      return;
    }
    const batches = batchesOf(deliveryIds);
    await this.queue.put(entry, batches);
    this.queued += batches.length;
  }

  private async fail(error: unknown): Promise<void> {
    this.outage.note(error);
    this.waiting = [];
    this.flushAt = this.clock.elapsed() + backoff(this.failures++);
    // A small question goes ahead of the next hints.
    this.countAt = -Infinity;
    const failed = this.entry;
    this.entry = null;
    this.onDropped();
    if (failed !== null) await this.queue.close(failed);
  }
}

function batchesOf(deliveryIds: readonly string[]): (readonly string[])[] {
  const batches = [];
  for (let from = 0; from < deliveryIds.length; from += BATCH) {
    batches.push(deliveryIds.slice(from, from + BATCH));
  }
  return batches;
}
