import type pg from 'pg';

const SUBSCRIPTIONS = 3_000;

export const id = (prefix: string, number: number): string =>
  `${prefix}_${String(number).padStart(32, '0')}`;
const idExpression = (prefix: string, number: string): string =>
  `'${prefix}_' || lpad((${number})::text, 32, '0')`;

export function tablesIn(schema: string): string[] {
  return ['subscriptions', 'events', 'deliveries', 'attempts'].map((t) => `${schema}.${t}`);
}

/** Tables whose statistics say that they are empty, and stay so. */
export async function freshTables(admin: pg.Pool, schema: string): Promise<void> {
  for (const table of tablesIn(schema)) {
    await admin.query(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
    await admin.query(`ALTER TABLE ${table} SET UNLOGGED`);
    await admin.query(`ANALYZE ${table}`);
  }
}

/**
 * Half of the deliveries are pending, a third of those again and a third to one subscription; half of
 * these stand in one line behind the first, which is in flight.
 */
export async function fill(admin: pg.Pool, schema: string, deliveries: number): Promise<void> {
  await admin.query(`INSERT INTO ${schema}.subscriptions
    SELECT ${idExpression('sub', 'n')}, 't' || n % 10, 'http://receiver.example', ARRAY['order.*', '*'],
      '', '{}', '{}', '[]', '{}', NULL, NULL, NULL, NULL, 'enabled', NULL, NULL, NULL, 0, 0, 0,
      ARRAY['order.* t' || n % 10, '* t' || n % 10]
    FROM generate_series(1, ${SUBSCRIPTIONS}) n`);
  await admin.query(`INSERT INTO ${schema}.events
    SELECT ${idExpression('evt', 'n')}, 't' || n % 10, 'order.paid', 'post', '{}', n, NULL, NULL, n
    FROM generate_series(1, ${deliveries}) n`);
  await admin.query(`INSERT INTO ${schema}.deliveries
    SELECT ${idExpression('dlv', 'n')}, ${idExpression('evt', 'n')}, 'order.paid',
      ${idExpression('sub', `CASE WHEN n % 6 = 1 THEN 1 ELSE n % ${SUBSCRIPTIONS} + 1 END`)}, 't' || n % 10,
      CASE WHEN n % 2 = 1 THEN 'pending' WHEN n % 100 = 0 THEN 'exhausted' ELSE 'succeeded' END,
      NULL, (n % 2 = 0 OR n = 1)::int, (n % 2 = 0 OR n = 1)::int, false, 0, n % 3 = 0,
      CASE WHEN n % 2 = 1 AND n % 12 <> 1 THEN n END, CASE WHEN n = 1 THEN 1000000000000000 END, n,
      CASE WHEN n % 2 = 0 THEN n END, CASE WHEN n % 12 = 1 THEN 'k' END,
      CASE WHEN n % 12 = 1 THEN n - 1 END
    FROM generate_series(1, ${deliveries}) n`);
  await admin.query(`SELECT setval('${schema}.ordinals', ${deliveries})`);
  await admin.query(`INSERT INTO ${schema}.attempts
    SELECT id, 1, 0, 'success', 1, 200, '', NULL FROM ${schema}.deliveries WHERE attempts = 1
    ON CONFLICT DO NOTHING`);
}
