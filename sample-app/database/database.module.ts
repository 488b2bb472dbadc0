import { Global, Module } from '@nestjs/common';
import { Database } from './database.js';
import { PostgresShopDatabase } from './postgres.database.js';
import { createTables } from './shop.tables.js';
import { SqliteShopDatabase } from './sqlite.database.js';

/** PostgreSQL where `DATABASE_URL` says so, otherwise a file in the folder `DATA_DIR`. */
async function openDatabase(): Promise<Database> {
  const { DATABASE_URL, DATA_DIR } = process.env;
  const database = DATABASE_URL
    ? new PostgresShopDatabase(DATABASE_URL)
    : await SqliteShopDatabase.open(DATA_DIR || 'data');
  await createTables(database);
  return database;
}

@Global()
@Module({
  providers: [{ provide: Database, useFactory: openDatabase }],
  exports: [Database],
})
export class DatabaseModule {}
