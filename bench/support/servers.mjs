// The databases that contestants may need: `POSTGRES_URL` and `REDIS_URL`, else those of this machine.
import { Redis } from 'ioredis';
import pg from 'pg';

const POSTGRES = process.env.POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const REDIS = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';

/** URL and version of each server that answers. */
export async function findServers() {
  const [postgres, redis] = await Promise.all([findPostgres(), findRedis()]);
  return { ...(postgres && { postgres }), ...(redis && { redis }) };
}

async function findPostgres() {
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query('SHOW server_version');
    return { url: POSTGRES, version: rows[0].server_version.split(' ')[0] };
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}

async function findRedis() {
  const client = new Redis(REDIS, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    const info = await client.info('server');
    return { url: REDIS, version: /redis_version:(\S+)/.exec(info)[1] };
  } catch {
    return null;
  } finally {
    client.disconnect();
  }
}
