import type { Row } from '../codec/row.js';

/** A statement as `pg` takes it. */
export interface PostgresQueryConfig {
  readonly text: string;
  readonly values: unknown[];
}

/** The part of a `pg` client that is used. */
export interface PostgresClient {
  query(config: PostgresQueryConfig): Promise<{ readonly rows: Row[] }>;
  on(event: string, listener: () => void): unknown;
  removeListener(event: string, listener: () => void): unknown;
  /** @param destroy closes the connection instead of keeping it for others */
  release(destroy?: boolean): void;
}

/** The part of a `Pool` of `pg` 8 that is used. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'acquire', listener: (client: PostgresClient) => void): unknown;
  readonly options?: { readonly max?: number };
  /** How many connections nobody has. */
  readonly idleCount?: number;
}
