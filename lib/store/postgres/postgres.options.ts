import type { EncryptionKey } from '../codec/encryption.key.js';

/** Options of `PostgresWebhookStore`. */
export interface PostgresWebhookStoreOptions {
  /**
   * The database schema that holds the tables, used by nothing else: lower-case letters, digits and `_`.
   * @default 'webhooks'
   */
  readonly schema?: string;
  /**
   * Creates or updates the tables when the application starts, instead of by `migrate()` in a deploy.
   * Several processes may start at once.
   * @default false
   */
  readonly migrateOnStart?: boolean;
  /**
   * Keeps one connection of the pool to be told, by `LISTEN`, what other processes and the application's
   * own transactions have accepted. Without it they are found by the next sweep. Switch it off behind a
   * proxy that shares connections between transactions, such as PgBouncer.
   * @default true
   */
  readonly listen?: boolean;
  /**
   * Milliseconds, 100 to 3600000, after which a connection, or a statement outside a transaction, that the
   * server has not answered counts as failed: its connection may be dead without a word. Less than the
   * module's `timeout` and `leaseMargin` together.
   * @default 30000
   */
  readonly statementTimeout?: number;
  /**
   * Encrypts secrets and custom header values at rest. The first key encrypts, each decrypts.
   * @default [] (stored as they are)
   */
  readonly encryptionKeys?: readonly EncryptionKey[];
}
