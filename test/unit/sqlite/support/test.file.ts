import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SqliteWebhookStore,
  SqliteWebhookStoreOptions,
} from '../../../../lib/store/sqlite/index.js';
import { StoreFixture } from '../../../../lib/testing/store-conformance/store.fixture.js';
import type { SqliteDriver, TestConnection } from '../../../support/sqlite.driver.js';

/** A store on a connection of its own. */
export interface TestStore {
  readonly store: SqliteWebhookStore;
  readonly database: TestConnection;
  readonly on: StoreFixture;
}

/** An SQLite file, and the connections to it. */
export class TestFile {
  private readonly folder = mkdtempSync(join(tmpdir(), 'nestjs-webhooks-sqlite-'));
  private readonly opened = new Set<TestConnection>();
  private readonly stores: SqliteWebhookStore[] = [];
  readonly path = join(this.folder, 'webhooks.db');

  constructor(private readonly driver: SqliteDriver) {}

  connect(): TestConnection {
    const database = this.driver.open(this.path);
    this.opened.add(database);
    return database;
  }

  store(options: Partial<SqliteWebhookStoreOptions> = {}): TestStore {
    const database = this.connect();
    const store = new SqliteWebhookStore({ database, ...options });
    this.stores.push(store);
    return { store, database, on: new StoreFixture(store, undefined) };
  }

  async migrated(options: Partial<SqliteWebhookStoreOptions> = {}): Promise<TestStore> {
    const made = this.store(options);
    await made.store.migrate();
    return made;
  }

  async remove(): Promise<void> {
    for (const store of this.stores) await store.close();
    for (const database of this.opened) database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Closes a connection now. */
  disconnect(database: TestConnection): void {
    this.opened.delete(database);
    database.close();
  }
}
