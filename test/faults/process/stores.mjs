import { createRequire } from 'node:module';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { SqliteWebhookStore } from 'nestjs-webhooks/sqlite';
import pg from 'pg';

const require = createRequire(import.meta.url);

/** The store of a process, and the pool beneath it, if it has one. */
export function openStore(database, name) {
  return database.kind === 'sqlite' ? openSqlite(database) : openPostgres(database, name);
}

function openPostgres({ url, schema, pool: poolOptions, store: storeOptions }, name) {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    ...poolOptions,
  });
  return { pool, store: new PostgresWebhookStore(pool, { schema, ...storeOptions }) };
}

function openSqlite({ path, driver }) {
  const Database = driver === 'libsql' ? require('libsql') : require(driver).DatabaseSync;
  return { pool: null, store: new SqliteWebhookStore({ database: new Database(path) }) };
}
