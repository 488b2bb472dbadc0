import { afterAll, describe, expect, it } from '@jest/globals';
import { storeConformance } from '../../../lib/testing/store-conformance.js';
import { TestDatabase } from '../../support/test.database.js';
import { openStore } from './support/test.store.js';

const database = await TestDatabase.open();

(database === null ? describe.skip : describe)('PostgresWebhookStore', () => {
  const pool = database?.pool({ max: 10 });

  afterAll(async () => database?.close());

  const cases = storeConformance(async () => {
    const { store } = await openStore(database!, { listen: false }, pool);
    return { store, close: () => store.close() };
  });

  it.each(cases)('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
