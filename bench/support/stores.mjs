// The durable stores, each in the place of its own that a run has.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InMemoryWebhookStore } from 'nestjs-webhooks';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { SqliteWebhookStore } from 'nestjs-webhooks/sqlite';
import pg from 'pg';

const require = createRequire(import.meta.url);

export const OPEN = { memory: openMemory, sqlite: openSqlite, postgres: openPostgres };
export const STORE_TITLES = { memory: 'memory', sqlite: 'SQLite', postgres: 'PostgreSQL' };

function openMemory() {
  return new InMemoryWebhookStore();
}

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

/** Of the stores, those whose server is there. */
export function storesFor(servers) {
  return Object.keys(OPEN).filter((name) => name !== 'postgres' || servers.postgres);
}
