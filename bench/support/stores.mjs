// The durable stores, each in the place of its own that a run has.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { SqliteWebhookStore } from 'nestjs-webhooks/sqlite';
import pg from 'pg';

const require = createRequire(import.meta.url);

export function openSqlite({ scratch }) {
  const Database = require('libsql');
  const database = new Database(join(scratch.folder, 'webhooks.sqlite'));
  return new SqliteWebhookStore({ database, migrateOnStart: true });
}

export function openPostgres({ scratch, servers }, options = {}) {
  const pool = new pg.Pool({ connectionString: servers.postgres.url });
  return new PostgresWebhookStore(pool, {
    schema: scratch.name,
    migrateOnStart: true,
    ...options,
  });
}
