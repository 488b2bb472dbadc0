import type { Clock } from '../platform/clock.js';
import { SystemClock } from '../platform/system.clock.js';
import { IdempotencyState, IdempotencyStore } from './idempotency.store.js';

/** Options of {@link InMemoryIdempotencyStore}. */
export interface InMemoryIdempotencyStoreOptions {
  /**
   * Most completed keys remembered; beyond it the oldest is forgotten.
   * @default 100000
   */
  readonly capacity?: number;
  /**
   * Source of time, for tests.
   * @default the machine's clock
   */
  readonly clock?: Clock;
}

/** The default {@link IdempotencyStore}: for one process, and lost when it ends. */
export class InMemoryIdempotencyStore extends IdempotencyStore {
  private readonly clock: Clock;
  private readonly capacity: number;
  /** Until when completed keys are remembered, the one completed first standing first. */
  private readonly done = new Map<string, number>();
  /** Ends of leases. As many as handlers that run, so this needs no bound of its own. */
  private readonly held = new Map<string, number>();

  constructor(options: InMemoryIdempotencyStoreOptions = {}) {
    super();
    this.clock = options.clock ?? new SystemClock();
    this.capacity = options.capacity ?? 100_000;
  }

  async begin(key: string, lease: number): Promise<IdempotencyState> {
    const now = this.clock.elapsed();
    if ((this.done.get(key) ?? 0) > now) {
      return 'done';
    }
    if ((this.held.get(key) ?? 0) > now) {
      return 'in-progress';
    }
    this.held.set(key, now + lease);
    return 'started';
  }

  async complete(key: string, ttl: number): Promise<void> {
    const now = this.clock.elapsed();
    this.held.delete(key);
    // Deleted first, as a key that is set again would keep its old place.
    this.done.delete(key);
    this.done.set(key, now + ttl);
    for (const [oldest, end] of this.done) {
      if (end > now && this.done.size <= this.capacity) {
        break;
      }
      this.done.delete(oldest);
    }
  }

  async release(key: string): Promise<void> {
    this.held.delete(key);
  }
}
