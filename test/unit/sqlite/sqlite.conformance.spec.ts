import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqliteWebhookStore } from '../../../lib/store/sqlite/sqlite-webhook.store.js';
import { FakeClock } from '../../../lib/testing/fake.clock.js';
import { storeConformance } from '../../../lib/testing/store-conformance.js';
import { SQLITE_DRIVERS } from '../../support/sqlite.driver.js';

describe.each(SQLITE_DRIVERS)('SqliteWebhookStore on $name', (driver) => {
  let folder: string;
  let count = 0;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-webhooks-sqlite-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const cases = storeConformance(async () => {
    const clock = new FakeClock();
    const database = driver.open(join(folder, `${count++}.db`));
    const store = new SqliteWebhookStore({ database, clock, synchronous: 'normal' });
    await store.migrate();
    return {
      store,
      advance: (milliseconds) => clock.advance(milliseconds),
      close: async () => {
        await store.close();
        database.close();
      },
    };
  });

  it.each(cases)('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
