import type { OnApplicationShutdown } from '@nestjs/common';
import type { WebhookStore } from 'nestjs-webhooks';

/** What a statement can be given. */
export type Value = string | number;

/** Runs SQL that SQLite and PostgreSQL both understand; each `?` stands for a value. Gives the rows. */
export interface Queryable {
  query<Row>(sql: string, ...values: readonly Value[]): Promise<readonly Row[]>;
}

/** An open transaction. */
export interface Transaction extends Queryable {
  /** What `send` takes as `transaction`: the connection that the transaction is open on. */
  readonly connection: unknown;
}

/** The shop's database: an SQLite file or PostgreSQL. It also keeps the webhooks. */
export abstract class Database implements Queryable, OnApplicationShutdown {
  abstract query<Row>(sql: string, ...values: readonly Value[]): Promise<readonly Row[]>;

  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. For what
   * `work` does there is only the transaction it is given, not the database.
   */
  abstract transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;

  /** Runs `work` while no other process of the shop is in here. */
  abstract alone<T>(work: () => Promise<T>): Promise<T>;

  /** The store that keeps the webhooks in this database, in tables of its own. */
  abstract webhookStore(): WebhookStore;

  /** Closes it, when the requests in flight have ended and what came of them is written down. */
  abstract onApplicationShutdown(): Promise<void>;
}
