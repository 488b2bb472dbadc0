import type { Clock } from '../../platform/clock.js';
import { IdFactory } from '../../platform/id.factory.js';
import { SystemClock } from '../../platform/system.clock.js';
import { SystemRandomness } from '../../platform/system.randomness.js';
import type { AttemptRecord } from '../attempt.record.js';
import type { Backfilled, BackfillRequest } from '../backfill.request.js';
import { SubscriptionCodec } from '../codec/subscription.codec.js';
import { TextCipher } from '../codec/text.cipher.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { EventRecord } from '../event.record.js';
import type { SubscriptionRecord } from '../subscription.record.js';
import {
  Acceptance,
  AcceptTarget,
  Claim,
  Claimed,
  ClaimRequest,
  DeliveryFilter,
  PageRequest,
  RestartAnswer,
  Settled,
  Settlement,
  WebhookStore,
} from '../webhook.store.js';
import { ApplicationTransactions } from './application.transactions.js';
import { EventBatcher } from './event.batcher.js';
import { Session } from './session.js';
import { SqliteConnection } from './sqlite.connection.js';
import { checkOptions, SqliteWebhookStoreOptions } from './sqlite.options.js';
import { StoreStatements } from './store.statements.js';

/** So many records are gone through in one transaction. */
const BATCH = 100;

/**
 * Keeps everything in one SQLite file, for one process. `send` can take part in a transaction that the
 * application has open on a connection to the same file.
 *
 * @example
 * const store = new SqliteWebhookStore({ database: new DatabaseSync('webhooks.db') });
 * await store.migrate(); // once per deployment
 */
export class SqliteWebhookStore extends WebhookStore {
  private readonly clock: Clock;
  private readonly session: Session;
  private readonly connection: SqliteConnection;
  private readonly statements: StoreStatements;
  private readonly events: EventBatcher;
  private readonly transactions: ApplicationTransactions;
  private preparing: Promise<void> | null = null;

  /** @throws InvalidArgumentError for an option that cannot be used */
  constructor(private readonly options: SqliteWebhookStoreOptions) {
    super();
    const { database, tablePrefix, busyTimeout } = checkOptions(options);
    const codec = new SubscriptionCodec(new TextCipher(options.encryptionKeys));
    this.clock = options.clock ?? new SystemClock();
    // Another connection is waited for in real time, whatever the store's time does.
    const waits = new SystemClock();
    const ids = new IdFactory(this.clock, new SystemRandomness());
    this.session = new Session(database, tablePrefix);
    this.connection = new SqliteConnection(this.session, waits, busyTimeout);
    this.statements = new StoreStatements(this.session, codec, ids);
    this.events = new EventBatcher(this.connection, this.statements.accept, this.clock);
    this.transactions = new ApplicationTransactions(tablePrefix, codec, ids, waits);
  }

  /**
   * Creates the tables, or brings them up to date. Safe to call from several processes at once, and when
   * there is nothing to do.
   *
   * @returns the version of the tables
   * @throws SqliteSchemaError when a later release has made them
   */
  async migrate(): Promise<number> {
    await this.connection.outside(() => this.configure());
    return this.connection.write(() => this.statements.schema.migrate(this.clock.now()));
  }

  /**
   * Encrypts secrets and headers anew with the first of `encryptionKeys`, so that older keys can be
   * taken away: after a change of keys, in the deployment.
   *
   * @returns how many subscriptions were rewritten
   * @throws UnreadableRecordError when the key of one is missing
   */
  async reencrypt(): Promise<number> {
    let total = 0;
    let after: string | null = '';
    while (after !== null) {
      const from: string = after;
      const { count, last } = await this.write(() =>
        this.statements.subscriptions.reencrypt(from, BATCH),
      );
      total += count;
      after = last;
    }
    return total;
  }

  /** @throws SqliteSchemaError when `migrate` has not been run and `migrateOnStart` is not set */
  override async open(wake: (() => void) | null): Promise<void> {
    await this.ready();
    if (wake !== null) this.transactions.start(wake);
  }

  override async close(): Promise<void> {
    this.transactions.stop();
    await this.connection.drain();
  }

  async accept(
    event: EventRecord,
    target: AcceptTarget,
    transaction?: unknown,
  ): Promise<Acceptance> {
    if (transaction !== undefined) {
      return this.transactions.accept(transaction, event, target, this.clock.now());
    }
    await this.ready();
    return this.events.accept(event, target);
  }

  async claim(request: ClaimRequest): Promise<Claimed> {
    return this.write((now) => this.statements.claims.claim(request, now));
  }

  async claimAbandoned(limit: number, lease: number): Promise<readonly Claim[]> {
    return this.write((now) => this.statements.claims.claimAbandoned(limit, lease, now));
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    return this.write((now) => this.statements.settlements.settle(settlements, now));
  }

  async createSubscription(record: SubscriptionRecord, limit: number): Promise<boolean> {
    return this.write(() => this.statements.subscriptions.create(record, limit));
  }

  async getSubscription(tenant: string, id: string): Promise<SubscriptionRecord | null> {
    return this.read(() => this.statements.subscriptions.get(tenant, id));
  }

  async listSubscriptions(
    tenant: string,
    page: PageRequest,
  ): Promise<readonly SubscriptionRecord[]> {
    return this.read(() => this.statements.subscriptions.list(tenant, page));
  }

  async updateSubscription(
    tenant: string,
    id: string,
    change: (current: SubscriptionRecord) => SubscriptionRecord,
  ): Promise<SubscriptionRecord | null> {
    return this.write((now) => this.statements.subscriptions.update(tenant, id, change, now));
  }

  async deleteSubscription(tenant: string, id: string): Promise<boolean> {
    return this.write((now) => this.statements.subscriptions.delete(tenant, id, now));
  }

  async getDelivery(
    tenant: string,
    id: string,
  ): Promise<{ delivery: DeliveryRecord; attempts: readonly AttemptRecord[] } | null> {
    return this.read(() => this.statements.log.get(tenant, id));
  }

  async listDeliveries(
    tenant: string,
    filter: DeliveryFilter,
    page: PageRequest,
  ): Promise<readonly DeliveryRecord[]> {
    return this.read(() => this.statements.log.list(tenant, filter, page));
  }

  async restartDelivery(tenant: string, id: string): Promise<RestartAnswer> {
    return this.write((now) => this.statements.restarts.restart(tenant, id, now));
  }

  async recover(tenant: string, request: BackfillRequest): Promise<Backfilled> {
    await this.cancelRest(request.subscriptionId);
    return this.write((now) => this.statements.restarts.recover(tenant, request, now));
  }

  async replay(tenant: string, request: BackfillRequest): Promise<Backfilled> {
    await this.cancelRest(request.subscriptionId);
    return this.write((now) => this.statements.restarts.replay(tenant, request, now));
  }

  override async cancelWaiting(limit: number): Promise<boolean> {
    for (let left = limit; left > 0; left -= BATCH) {
      const batch = Math.min(BATCH, left);
      if (!(await this.write((now) => this.statements.cancels.some(batch, now)))) return false;
    }
    return true;
  }

  async expunge(tenant: string, eventId: string): Promise<boolean> {
    const found = await this.write((now) =>
      this.statements.retention.expunge(tenant, eventId, now),
    );
    // The log of changes may hold the body still.
    await this.connection.outside(() => this.session.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
    return found;
  }

  async purge(age: number, limit: number): Promise<number> {
    const before = this.clock.now() - age;
    let forgotten = 0;
    for (;;) {
      const batch = Math.min(BATCH, limit - forgotten);
      const count = await this.write(() => this.statements.retention.purge(before, batch));
      forgotten += count;
      if (count < batch || forgotten >= limit) return forgotten;
    }
  }

  private async cancelRest(id: string): Promise<void> {
    while (await this.write((now) => this.statements.cancels.someOf(id, BATCH, now)));
  }

  private async write<T>(work: (now: number) => T): Promise<T> {
    await this.ready();
    return this.connection.write(() => work(this.clock.now()));
  }

  private async read<T>(work: () => T): Promise<T> {
    await this.ready();
    return this.connection.read(work);
  }

  private ready(): Promise<void> {
    this.preparing ??= this.prepare().catch((error: unknown) => {
      this.preparing = null;
      throw error;
    });
    return this.preparing;
  }

  private async prepare(): Promise<void> {
    if (this.options.migrateOnStart === true) {
      await this.migrate();
    } else {
      await this.connection.outside(() => this.configure());
      await this.connection.read(() => this.statements.schema.check());
    }
  }

  private configure(): void {
    const { synchronous = 'full' } = this.options;
    // A driver that waits by itself would block the event loop, and with it the end of what it waits for.
    this.session.exec(`PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${synchronous}; PRAGMA secure_delete = ON`);
  }
}
