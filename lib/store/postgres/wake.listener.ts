import { Logger } from '@nestjs/common';
import type { Clock, ClockTimer } from '../../platform/clock.js';
import type { ConnectionPool } from './connection.pool.js';
import type { PostgresClient } from './postgres.pool.js';

const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;
// A connection can be gone without a word: only asking it shows that.
const PROBE_INTERVAL = 15_000;
const PROBE_TIMEOUT = 5_000;

/**
 * Listens on a connection of its own to what other processes have accepted. A lost connection is made
 * anew, with growing delays; what was missed meanwhile is asked for by one wake-up more.
 */
export class WakeListener {
  private readonly logger = new Logger('PostgresWebhookStore');
  private client: PostgresClient | null = null;
  private timer: ClockTimer | null = null;
  private connecting: Promise<void> = Promise.resolve();
  private failures = 0;
  private stopped = true;

  constructor(
    private readonly pool: ConnectionPool,
    private readonly channel: string,
    private readonly clock: Clock,
  ) {}

  /** Resolves when it listens, or has begun to try again and again. */
  start(wake: () => void): Promise<void> {
    this.stopped = false;
    this.connecting = this.connect(wake);
    return this.connecting;
  }

  /** Gives the connection back. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.connecting;
    this.drop();
  }

  private async connect(wake: () => void): Promise<void> {
    try {
      const client = await this.pool.connect();
      this.client = client;
      const lost = (): void => this.lost(client, wake);
      client.on('error', lost);
      client.on('end', lost);
      client.on('notification', wake);
      await this.pool.inTime(client.query({ text: `LISTEN ${this.channel}`, values: [] }));
      if (this.failures > 0) wake();
      this.failures = 0;
      this.probeLater(client, wake);
    } catch {
      this.retry(wake);
    }
  }

  private lost(client: PostgresClient, wake: () => void): void {
    if (this.client === client) this.retry(wake);
  }

  private retry(wake: () => void): void {
    this.drop();
    this.timer?.cancel();
    if (this.stopped) return;
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.failures);
    if (this.failures === 0) {
      this.logger.warn('The connection that listens was lost; sweeps go on, and it is made anew.');
    }
    this.failures++;
    this.timer = this.clock.setTimer(() => {
      this.connecting = this.connect(wake);
    }, delay);
  }

  private probeLater(client: PostgresClient, wake: () => void): void {
    if (this.stopped || this.client !== client) return;
    this.timer = this.clock.setTimer(() => {
      this.timer = this.clock.setTimer(() => this.lost(client, wake), PROBE_TIMEOUT);
      client.query({ text: 'SELECT 1', values: [] }).then(
        () => {
          if (this.client !== client) return;
          this.timer?.cancel();
          this.probeLater(client, wake);
        },
        () => this.lost(client, wake),
      );
    }, PROBE_INTERVAL);
  }

  /** Closes the connection: others must not find it listening. */
  private drop(): void {
    const client = this.client;
    this.client = null;
    client?.release(true);
  }
}
