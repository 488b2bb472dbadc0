import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free.port.mjs';

/** A Redis of one scenario's own. */
class RedisServer {
  /** @param options as for `redis-server`; by default it keeps nothing on disk */
  static async start(options = ['--save', '']) {
    const directory = await mkdtemp(join(tmpdir(), 'webhooks-faults-redis-'));
    const server = new RedisServer(directory, await freePort(), options);
    await server.start();
    return server;
  }

  constructor(directory, port, options) {
    this.directory = directory;
    this.port = port;
    this.options = options;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** Starts it, again after a kill, and waits until it answers. */
  async start() {
    const flags = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.directory];
    this.process = spawn('redis-server', [...flags, ...this.options], { stdio: 'ignore' });
    await once(this.process, 'spawn');
    await this.command('PING');
  }

  /** As by `kill -9`. */
  async kill() {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }

  async command(...words) {
    const client = new Redis(this.url, { maxRetriesPerRequest: 100, retryStrategy: () => 50 });
    // It is told of each try to connect that a starting server refuses.
    client.on('error', () => {});
    try {
      return await client.call(...words);
    } finally {
      client.disconnect();
    }
  }

  async remove() {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Runs something with a Redis that is gone afterwards. */
export async function withRedis(options, run) {
  const server = await RedisServer.start(options);
  try {
    await run(server);
  } finally {
    await server.remove();
  }
}
