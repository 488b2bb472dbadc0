import type { Row } from '../codec/row.js';

/**
 * Runs SQL with `$1`, `$2`, … on some connection of PostgreSQL and gives the rows.
 *
 * Statements are not prepared: a plan made while the tables were small would be kept when they are not,
 * and proxies that share connections would need settings for it. Planning costs little beside the work.
 */
export type Query = (sql: string, params?: readonly unknown[]) => Promise<readonly Row[]>;

/** A `text[]` as text, which every driver passes on as it is. */
export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
