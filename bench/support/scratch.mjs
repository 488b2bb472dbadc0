// A place of its own for each run: a folder, a schema in PostgreSQL, a queue on Redis.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';

export async function withScratch(servers, work) {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'webhooks-bench-'));
  try {
    return await work({ name, folder });
  } finally {
    await rm(folder, { recursive: true });
    if (servers.postgres) await dropSchema(servers.postgres.url, name);
    if (servers.redis) await deleteQueue(servers.redis.url, name);
  }
}

async function dropSchema(connectionString, name) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
  await client.query(`DROP SCHEMA IF EXISTS ${name}_queue CASCADE`);
  await client.end();
}

async function deleteQueue(url, name) {
  const client = new Redis(url);
  const keys = await client.keys(`bull:${name}:*`);
  if (keys.length > 0) await client.unlink(...keys);
  await client.quit();
}
