import { createHash } from 'node:crypto';
import type { Row } from '../codec/row.js';

/** SQL text, and the name under which a connection may keep its plan. */
export interface Statement {
  readonly text: string;
  readonly name: string | null;
}

/** Runs a statement on some connection. */
export type Query = (statement: Statement, params?: readonly unknown[]) => Promise<readonly Row[]>;

/** A statement that is planned every time: for what runs rarely. */
export function once(text: string): Statement {
  return { text, name: null };
}

/** A statement that may be prepared. The name holds a digest, since a connection knows it by name only. */
export function prepared(label: string, text: string): Statement {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { text, name: `webhooks_${label}_${digest}` };
}

/** A `text[]` as text, which every driver passes on as it is. */
export function textArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
