import { SystemClock } from '../../platform/system.clock.js';
import { InvalidArgumentError } from '../../platform/invalid-argument.error.js';
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
import { AttemptSettler } from './attempt.settler.js';
import type { UnreadableClaim } from './claim.decoder.js';
import { ConnectionPool } from './connection.pool.js';
import { DeliveryCanceller } from './delivery.canceller.js';
import { DeliveryClaimer } from './delivery.claimer.js';
import { DeliveryLog } from './delivery.log.js';
import { DeliveryRestarter } from './delivery.restarter.js';
import { EventAcceptor } from './event.acceptor.js';
import { EventBatcher } from './event.batcher.js';
import { NotifyThrottle } from './notify.throttle.js';
import { OrderingLines } from './ordering.lines.js';
import type { PostgresWebhookStoreOptions } from './postgres.options.js';
import type { PostgresPool } from './postgres.pool.js';
import { ReplicaRegister } from './replica.register.js';
import { RetentionKeeper } from './retention.keeper.js';
import { SchemaMigrator } from './schema.migrator.js';
import { tablesOf } from './schema.tables.js';
import { SubscriptionTable } from './subscription.table.js';
import { queryIn } from './transaction/transaction.query.js';
import { WakeListener } from './wake.listener.js';

/**
 * Keeps everything in PostgreSQL 13 or later, for any number of processes: what one accepts any of them
 * delivers, and each delivery is held by one at a time. `send` can take part in the application's own
 * transaction.
 *
 * @example
 * const store = new PostgresWebhookStore(new Pool({ connectionString }));
 * await store.migrate(); // once per deployment
 */
export class PostgresWebhookStore extends WebhookStore {
  private readonly acceptor: EventAcceptor;
  private readonly batcher: EventBatcher;
  private readonly claimer: DeliveryClaimer;
  private readonly settler: AttemptSettler;
  private readonly canceller: DeliveryCanceller;
  private readonly subscriptions: SubscriptionTable;
  private readonly log: DeliveryLog;
  private readonly restarter: DeliveryRestarter;
  private readonly lines: OrderingLines;
  private readonly replicas: ReplicaRegister;
  private readonly keeper: RetentionKeeper;
  private readonly migrator: SchemaMigrator;
  private readonly listener: WakeListener | null;
  private readonly pool: ConnectionPool;
  private readonly throttle: NotifyThrottle;

  /**
   * @param pool of `pg` 8, yours to close, with `max` of 2 or more
   * @throws InvalidArgumentError for an option that cannot be used
   */
  constructor(
    pool: PostgresPool,
    private readonly options: PostgresWebhookStoreOptions = {},
  ) {
    super();
    const { schema = 'webhooks', listen = true, statementTimeout = 30_000 } = options;
    checkPool(pool, listen);
    checkTimeout(statementTimeout);
    const tables = tablesOf(schema);
    const clock = new SystemClock();
    const codec = new SubscriptionCodec(new TextCipher(options.encryptionKeys));
    this.pool = new ConnectionPool(pool, clock, statementTimeout);
    this.acceptor = new EventAcceptor(tables, codec);
    this.claimer = new DeliveryClaimer(tables, codec, clock);
    this.canceller = new DeliveryCanceller(tables, this.pool);
    this.settler = new AttemptSettler(tables, this.pool, this.canceller);
    this.subscriptions = new SubscriptionTable(tables, this.pool, codec, this.canceller);
    this.log = new DeliveryLog(tables, this.pool);
    this.restarter = new DeliveryRestarter(tables, this.pool);
    this.lines = new OrderingLines(tables, this.pool);
    this.replicas = new ReplicaRegister(tables, this.pool);
    this.keeper = new RetentionKeeper(tables, this.pool);
    this.migrator = new SchemaMigrator(tables, this.pool);
    this.listener = listen ? new WakeListener(this.pool, tables.channel, clock) : null;
    const notify = `SELECT pg_notify('${tables.channel}', '')`;
    this.throttle = new NotifyThrottle(clock, () => this.pool.query(notify));
    this.batcher = new EventBatcher(this.acceptor, this.pool.query, () => this.throttle.pass());
  }

  /**
   * Creates the schema and its tables, or brings them up to date. Safe to call from several processes at
   * once, and when there is nothing to do. Older processes may go on meanwhile.
   *
   * @returns the version of the tables
   * @throws PostgresStoreError when the user of the pool may not create them
   */
  async migrate(): Promise<number> {
    return this.migrator.migrate();
  }

  /**
   * Encrypts secrets and headers anew with the first of `encryptionKeys`, so that older keys can be
   * taken away: after a change of keys, in the deployment.
   *
   * @returns how many subscriptions were rewritten
   * @throws UnreadableRecordError when the key of one is missing
   */
  async reencrypt(): Promise<number> {
    return this.subscriptions.reencrypt();
  }

  /**
   * @throws SchemaOutdatedError when `migrate` has not been run and `migrateOnStart` is not set
   * @throws PostgresStoreError when the database cannot be reached
   */
  override async open(wake: (() => void) | null): Promise<void> {
    await (this.options.migrateOnStart === true ? this.migrator.migrate() : this.migrator.check());
    if (wake === null) return;
    await this.listener?.start(() => {
      this.claimer.lookBack();
      wake();
    });
  }

  override async close(): Promise<void> {
    await this.throttle.stop();
    await this.listener?.stop();
  }

  async accept(
    event: EventRecord,
    target: AcceptTarget,
    transaction?: unknown,
  ): Promise<Acceptance> {
    if (transaction === undefined) return this.batcher.accept(event, target);
    // This process too learns only by the notification that the transaction has committed.
    return this.acceptor.accept(queryIn(transaction), event, target, () => true);
  }

  async claim(request: ClaimRequest): Promise<Claimed> {
    const taken = await this.claimer.claim(this.pool.query, request);
    const released = await this.endUnreadable(taken.unreadable);
    const { claims, nextDueIn, passedOver } = taken;
    return { claims, nextDueIn: released ? 0 : nextDueIn, passedOver };
  }

  async claimAbandoned(limit: number, lease: number): Promise<readonly Claim[]> {
    const { claims, unreadable } = await this.claimer.claimAbandoned(this.pool.query, limit, lease);
    await this.endUnreadable(unreadable);
    return claims;
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    const settled = await this.settler.settle(settlements);
    if (settled.some(({ released }) => released !== null)) this.throttle.follow();
    return settled;
  }

  async createSubscription(record: SubscriptionRecord, limit: number): Promise<boolean> {
    return this.subscriptions.create(record, limit);
  }

  async getSubscription(tenant: string, id: string): Promise<SubscriptionRecord | null> {
    return this.subscriptions.get(tenant, id);
  }

  async listSubscriptions(
    tenant: string,
    page: PageRequest,
  ): Promise<readonly SubscriptionRecord[]> {
    return this.subscriptions.list(tenant, page);
  }

  async updateSubscription(
    tenant: string,
    id: string,
    change: (current: SubscriptionRecord) => SubscriptionRecord,
  ): Promise<SubscriptionRecord | null> {
    return this.subscriptions.update(tenant, id, change);
  }

  async deleteSubscription(tenant: string, id: string): Promise<boolean> {
    return this.subscriptions.delete(tenant, id);
  }

  async getDelivery(
    tenant: string,
    id: string,
  ): Promise<{ delivery: DeliveryRecord; attempts: readonly AttemptRecord[] } | null> {
    return this.log.get(tenant, id);
  }

  async listDeliveries(
    tenant: string,
    filter: DeliveryFilter,
    page: PageRequest,
  ): Promise<readonly DeliveryRecord[]> {
    return this.log.list(tenant, filter, page);
  }

  async restartDelivery(tenant: string, id: string): Promise<RestartAnswer> {
    const answer = await this.restarter.restart(tenant, id);
    if (answer === 'restarted') this.throttle.follow();
    return answer;
  }

  async recover(tenant: string, request: BackfillRequest): Promise<Backfilled> {
    await this.canceller.rest(request.subscriptionId);
    return this.told(await this.restarter.recover(tenant, request));
  }

  async replay(tenant: string, request: BackfillRequest): Promise<Backfilled> {
    await this.canceller.rest(request.subscriptionId);
    return this.told(await this.restarter.replay(tenant, request));
  }

  override async noteReplica(id: string, ttl: number): Promise<number> {
    return this.replicas.noteReplica(id, ttl);
  }

  override async cancelWaiting(limit: number): Promise<boolean> {
    return this.canceller.some(limit);
  }

  override async releaseStranded(limit: number): Promise<boolean> {
    return this.lines.releaseStranded(limit);
  }

  async expunge(tenant: string, eventId: string): Promise<boolean> {
    const expunged = await this.keeper.expunge(tenant, eventId);
    if (expunged === 'released') this.throttle.follow();
    return expunged !== null;
  }

  async purge(age: number, limit: number): Promise<number> {
    return this.keeper.purge(age, limit);
  }

  /** Others deliver, where this process only accepts. */
  private told(done: Backfilled): Backfilled {
    if (done.deliveryIds.length > 0) this.throttle.follow();
    return done;
  }

  /**
   * What cannot be read cannot be sent: it ends at once, so that it holds up nothing else.
   * @returns whether something else is due because of it
   */
  private async endUnreadable(unreadable: readonly UnreadableClaim[]): Promise<boolean> {
    const settled = await this.settler.settle(
      unreadable.map(({ delivery, problem }) => ({
        deliveryId: delivery.id,
        attempt: delivery.attempts,
        result: { ...NO_RESULT, error: problem.message },
        next: { status: 'exhausted', reason: 'its subscription cannot be read from the store' },
        disable: null,
      })),
    );
    return settled.some(({ released }) => released !== null);
  }
}

const NO_RESULT = { outcome: 'unknown', duration: 0, status: null, answer: null } as const;

function checkPool(pool: PostgresPool, listen: boolean): void {
  if (typeof pool?.connect !== 'function') {
    throw new InvalidArgumentError('pool', 'Give a Pool of pg.');
  }
  if (listen && pool.options?.max === 1) {
    throw new InvalidArgumentError(
      'pool',
      'Give a pool with `max` of 2 or more, since one connection listens, or set `listen: false`.',
    );
  }
}

function checkTimeout(milliseconds: number): void {
  if (Number.isInteger(milliseconds) && milliseconds >= 100 && milliseconds <= 3_600_000) return;
  throw new InvalidArgumentError('statementTimeout', 'Give milliseconds from 100 to 3600000.');
}
