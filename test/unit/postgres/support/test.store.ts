import type pg from 'pg';
import {
  PostgresWebhookStore,
  PostgresWebhookStoreOptions,
} from '../../../../lib/store/postgres/index.js';
import type { TestDatabase } from '../../../support/test.database.js';

export interface TestStore {
  readonly store: PostgresWebhookStore;
  readonly schema: string;
  readonly pool: pg.Pool;
}

/** A store with tables of its own, or with those of `options.schema`. */
export async function openStore(
  database: TestDatabase,
  options: PostgresWebhookStoreOptions = {},
  pool = database.pool(),
): Promise<TestStore> {
  const schema = options.schema ?? database.schema();
  const store = new PostgresWebhookStore(pool, { ...options, schema });
  await store.migrate();
  return { store, schema, pool };
}
