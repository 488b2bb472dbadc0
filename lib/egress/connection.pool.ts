import { LRUCache } from 'lru-cache';
import { Dispatcher, Pool } from 'undici';
import type { GuardedConnector } from './guarded.connector.js';

// An origin without requests still holds about 40 kB.
const ORIGINS_KEPT = 500;

/** Longest time in milliseconds that an idle connection is kept, also if the receiver wants longer. */
const IDLE_LIMIT = 30_000;

/** Bytes of all headers of an answer together. */
const HEADER_LIMIT = 16_384;

/**
 * Connections kept alive per origin. An origin whose last connection closed is forgotten; of too many
 * origins the least recently used goes, once its requests have ended. How many connections are open
 * at once follows from how many requests are in flight, which is the caller's to bound.
 */
export class ConnectionPools {
  private readonly closing = new Set<Pool>();
  private readonly pools: LRUCache<string, Pool>;

  constructor(
    private readonly connector: GuardedConnector,
    originsKept = ORIGINS_KEPT,
  ) {
    this.pools = new LRUCache<string, Pool>({
      max: originsKept,
      dispose: (pool) => this.close(pool),
    });
  }

  /** How many origins are held at present. */
  get size(): number {
    return this.pools.size + this.closing.size;
  }

  /** Sends a request; everything that comes of it is told to the handler. */
  dispatch(
    origin: string,
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): void {
    const pool = this.pools.get(origin) ?? this.open(origin);
    pool.dispatch(options, handler);
  }

  /** Closes every connection, whatever is under way on it. */
  async abort(): Promise<void> {
    const pools = [...this.pools.values(), ...this.closing];
    this.pools.clear();
    this.connector.abort();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private open(origin: string): Pool {
    const pool = new Pool(origin, {
      connect: this.connector.connect,
      // Each exchange has one deadline of its own for all of this.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveMaxTimeout: IDLE_LIMIT,
      maxHeaderSize: HEADER_LIMIT,
    });
    const forget = () => {
      const { connected, size } = pool.stats;
      if (connected === 0 && size === 0 && this.pools.peek(origin) === pool) {
        this.pools.delete(origin);
      }
    };
    pool.on('disconnect', forget).on('connectionError', forget);
    this.pools.set(origin, pool);
    return pool;
  }

  private close(pool: Pool): void {
    this.closing.add(pool);
    const done = () => this.closing.delete(pool);
    pool.close().then(done, done);
  }
}
