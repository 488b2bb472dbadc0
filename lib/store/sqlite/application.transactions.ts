import type { Clock } from '../../platform/clock.js';
import type { IdFactory } from '../../platform/id.factory.js';
import { InvalidArgumentError } from '../../platform/invalid-argument.error.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import type { EventRecord } from '../event.record.js';
import type { Acceptance, AcceptTarget } from '../webhook.store.js';
import { AcceptStatements } from './accept.statements.js';
import { SchemaMigrator } from './schema.migrator.js';
import { Session } from './session.js';
import { isDatabase, isInTransaction, SqliteDatabase } from './sqlite.database.js';
import { TransactionWatcher } from './transaction.watcher.js';

interface Participant {
  readonly session: Session;
  readonly acceptor: AcceptStatements;
}

/** Accepting events in transactions that the application has open on its own connections. */
export class ApplicationTransactions {
  private readonly participants = new WeakMap<SqliteDatabase, Participant>();
  private readonly watcher: TransactionWatcher;

  constructor(
    private readonly prefix: string,
    private readonly codec: SubscriptionCodec,
    private readonly ids: IdFactory,
    clock: Clock,
  ) {
    this.watcher = new TransactionWatcher(clock);
  }

  /** @param ended called when a transaction that an event was accepted in has ended */
  start(ended: () => void): void {
    this.watcher.start(ended);
  }

  stop(): void {
    this.watcher.stop();
  }

  /**
   * Accepts an event whole or not at all; the end of the transaction decides whether it stays.
   * @throws InvalidArgumentError when it is no connection with a transaction open
   */
  accept(transaction: unknown, event: EventRecord, target: AcceptTarget, now: number): Acceptance {
    if (!isDatabase(transaction) || !isInTransaction(transaction)) {
      throw new InvalidArgumentError(
        'transaction',
        'Give your connection to the file of the webhook store after a `BEGIN IMMEDIATE` on it, or leave it out.',
      );
    }
    const { session, acceptor } = this.participantOf(transaction);
    const acceptance = session.atomically(() => acceptor.accept(event, target, now));
    this.watcher.watch(transaction);
    return acceptance;
  }

  private participantOf(database: SqliteDatabase): Participant {
    let participant = this.participants.get(database);
    if (participant === undefined) {
      const session = new Session(database, this.prefix);
      new SchemaMigrator(session).check();
      participant = { session, acceptor: new AcceptStatements(session, this.codec, this.ids) };
      this.participants.set(database, participant);
    }
    return participant;
  }
}
