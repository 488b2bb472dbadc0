import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteWebhookStore } from 'nestjs-webhooks/sqlite';

const require = createRequire(import.meta.url);
// Node has a driver of its own from 22.13 on.
const OWN = process.getBuiltinModule?.('node:sqlite');
const Database = OWN?.DatabaseSync ?? require('libsql');

/** The file of one scenario. */
export class SqliteDatabase {
  static async open() {
    const directory = await mkdtemp(join(tmpdir(), 'webhooks-faults-'));
    const database = new SqliteDatabase(directory);
    await new SqliteWebhookStore({ database: database.connection }).migrate();
    return database;
  }

  constructor(directory) {
    this.directory = directory;
    this.path = join(directory, 'webhooks.db');
    this.connection = new Database(this.path);
  }

  /** What a process needs to open it. */
  get settings() {
    return { kind: 'sqlite', path: this.path, driver: OWN ? 'node:sqlite' : 'libsql' };
  }

  /** Of a statement with `%.` before the names of tables. */
  async rows(sql, values = []) {
    this.connection.exec('PRAGMA busy_timeout = 5000');
    const text = sql.replaceAll('%.', 'webhooks_').replaceAll('$', '?');
    const statement = this.connection.prepare(text);
    if (/^\s*(SELECT|PRAGMA)/.test(text)) return statement.all(...values);
    statement.run(...values);
    return [];
  }

  async close() {
    this.connection.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
