import type { Row } from '../codec/row.js';

/**
 * Runs SQL with `$1`, `$2`, … on some connection of PostgreSQL and gives the rows.
 *
 * Statements are not prepared, since proxies that share connections would need settings for it. Those that
 * are large and run often are functions, see `storedFunction`.
 */
export type Query = (sql: string, params?: readonly unknown[]) => Promise<readonly Row[]>;

/** A `text[]` as text, which every driver passes on as it is. */
export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
