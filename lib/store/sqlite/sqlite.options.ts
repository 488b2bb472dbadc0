import type { Clock } from '../../platform/clock.js';
import { InvalidArgumentError } from '../../platform/invalid-argument.error.js';
import type { EncryptionKey } from '../codec/encryption.key.js';
import { isDatabase, SqliteDatabase } from './sqlite.database.js';

/** Options of `SqliteWebhookStore`. */
export interface SqliteWebhookStoreOptions {
  /**
   * An open connection to the file: best one of the store's own, beside the application's. The store
   * sets `journal_mode`, `synchronous`, `secure_delete` and `busy_timeout` on it, and never closes it.
   */
  readonly database: SqliteDatabase;
  /**
   * Beginning of the names of all tables and indexes: 1 to 32 lower-case letters, digits and `_`.
   * @default 'webhooks_'
   */
  readonly tablePrefix?: string;
  /**
   * Creates and updates the tables when the store is first used. Otherwise call `migrate()` when you
   * deploy.
   * @default false
   */
  readonly migrateOnStart?: boolean;
  /**
   * Durability of a commit. `full` waits until the disk has it, so that it outlasts a loss of power;
   * `normal` outlasts the end of the process, and is faster.
   * @default 'full'
   */
  readonly synchronous?: 'full' | 'normal';
  /**
   * Keys that encrypt secrets and custom header values: the first encrypts, each decrypts.
   * @default none: they are stored in clear
   */
  readonly encryptionKeys?: readonly EncryptionKey[];
  /**
   * How long a call waits, in milliseconds, while another connection is writing or the application has
   * a transaction open on the same connection.
   * @default 5000
   */
  readonly busyTimeout?: number;
  /** The store's time. @default the machine's clock */
  readonly clock?: Clock;
}

const PREFIX = /^[a-z_][a-z0-9_]{0,31}$/;
const LONGEST_WAIT = 10 * 60_000;

/**
 * The options with their defaults.
 * @throws InvalidArgumentError naming the option
 */
export function checkOptions(
  options: SqliteWebhookStoreOptions,
): Required<Pick<SqliteWebhookStoreOptions, 'database' | 'tablePrefix' | 'busyTimeout'>> {
  const { database, tablePrefix = 'webhooks_', busyTimeout = 5_000, synchronous } = options;
  if (!isDatabase(database)) {
    throw new InvalidArgumentError(
      'database',
      'Give an open connection of node:sqlite, better-sqlite3 or libsql.',
    );
  }
  if (typeof tablePrefix !== 'string' || !PREFIX.test(tablePrefix)) {
    throw new InvalidArgumentError(
      'tablePrefix',
      'Give 1 to 32 lower-case letters, digits and "_" that do not begin with a digit.',
    );
  }
  if (synchronous !== undefined && synchronous !== 'full' && synchronous !== 'normal') {
    throw new InvalidArgumentError('synchronous', 'Give full or normal.');
  }
  if (!Number.isInteger(busyTimeout) || busyTimeout < 0 || busyTimeout > LONGEST_WAIT) {
    throw new InvalidArgumentError(
      'busyTimeout',
      `Give a whole number of milliseconds from 0 to ${LONGEST_WAIT}.`,
    );
  }
  return { database, tablePrefix, busyTimeout };
}
