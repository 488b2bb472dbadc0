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
   * Encrypts secrets and custom header values at rest. The first key encrypts, each decrypts.
   * @default [] (stored as they are)
   */
  readonly encryptionKeys?: readonly EncryptionKey[];
}
