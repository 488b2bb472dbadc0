import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { freePort } from '../support/free.port.js';

const LOCAL = 'redis://127.0.0.1:6379';

/**
 * A real Redis for one spec file: the one of `REDIS_URL`, else one that runs on this machine, else a
 * `redis-server` started for it.
 */
export class TestRedis {
  private constructor(
    readonly url: string,
    private readonly server: ChildProcess | null,
  ) {}

  /** Null, after saying why, when there is none; that is an error where every test has to run. */
  static async open(): Promise<TestRedis | null> {
    const url = process.env['REDIS_URL'] ?? LOCAL;
    if (await answers(url)) return new TestRedis(url, null);
    try {
      return await TestRedis.start();
    } catch (error) {
      if (process.env['WEBHOOKS_TESTS_REQUIRE_ALL'] !== undefined) throw error;
      process.stderr.write('Skipped: every test on Redis, for there is no redis-server.\n');
      return null;
    }
  }

  /** A queue name that no other test uses. */
  queueName(): string {
    return `webhooks-test-${randomBytes(6).toString('hex')}`;
  }

  client(): Redis {
    return new Redis(this.url, { maxRetriesPerRequest: null });
  }

  /** Removes what tests have left. */
  async close(): Promise<void> {
    const client = this.client();
    const keys = await client.keys('bull:webhooks-test-*');
    if (keys.length > 0) await client.del(...keys);
    await client.quit();
    if (this.server === null) return;
    this.server.kill();
    await once(this.server, 'exit');
  }

  private static async start(): Promise<TestRedis> {
    const port = await freePort();
    const server = spawn('redis-server', ['--port', `${port}`, '--save', ''], { stdio: 'ignore' });
    await once(server, 'spawn');
    const redis = new TestRedis(`redis://127.0.0.1:${port}`, server);
    const client = redis.client();
    client.on('error', () => {});
    await client.ping();
    await client.quit();
    return redis;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.quit();
    return true;
  } catch {
    return false;
  }
}
