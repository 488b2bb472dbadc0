import type { Database } from './database.js';

const TABLES = [
  `CREATE TABLE IF NOT EXISTS shop_orders (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    items TEXT NOT NULL,
    total INTEGER NOT NULL,
    status TEXT NOT NULL,
    created_at TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS shop_stock (
    sku TEXT PRIMARY KEY,
    available INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS shop_plan_subscriptions (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    plan TEXT NOT NULL,
    started_at TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS shop_receivers (
    url TEXT PRIMARY KEY,
    secret TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS shop_received (
    id TEXT PRIMARY KEY,
    event_type TEXT NOT NULL,
    method TEXT NOT NULL,
    body TEXT NOT NULL
  )`,
  // The only thing that can be sold out.
  `INSERT INTO shop_stock VALUES ('teapot', 10) ON CONFLICT DO NOTHING`,
];

/** Makes the shop's own tables where they are missing. */
export async function createTables(database: Database): Promise<void> {
  await database.alone(async () => {
    for (const table of TABLES) await database.query(table);
  });
}
