import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { storeConformance } from '../../../lib/testing/store-conformance.js';
import { TestDatabase } from '../../support/test.database.js';
import { openStore, TestStore } from './support/test.store.js';

const database = await TestDatabase.open();

(database === null ? describe.skip : describe)('PostgresWebhookStore', () => {
  const pool = database?.pool({ max: 10 });
  let under: TestStore;

  beforeAll(async () => {
    under = await openStore(database!, { listen: false }, pool);
  });

  afterAll(async () => database?.close());

  // One after the other, so that they can have the tables of one schema in turn.
  const cases = storeConformance(async () => {
    for (const table of ['subscriptions', 'events', 'deliveries', 'attempts']) {
      await under.pool.query(`DELETE FROM ${under.schema}.${table}`);
    }
    return { store: under.store, close: () => under.store.close() };
  });

  it.each(cases)('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
