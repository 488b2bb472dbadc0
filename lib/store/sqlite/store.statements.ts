import type { IdFactory } from '../../platform/id.factory.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import { AcceptStatements } from './accept.statements.js';
import { AttemptTable } from './attempt.table.js';
import { CancelStatements } from './cancel.statements.js';
import { ClaimLoader } from './claim.loader.js';
import { ClaimStatements } from './claim.statements.js';
import { DeliveryLog } from './delivery.log.js';
import { DeliveryTable } from './delivery.table.js';
import { QueueTable } from './queue.table.js';
import { RestartStatements } from './restart.statements.js';
import { RetentionStatements } from './retention.statements.js';
import { SchemaMigrator } from './schema.migrator.js';
import type { Session } from './session.js';
import { SettleStatements } from './settle.statements.js';
import { SubscriptionReader } from './subscription.reader.js';
import { SubscriptionStatements } from './subscription.statements.js';

/** Everything that the store does on its own connection; each call runs in a transaction of the caller. */
export class StoreStatements {
  readonly schema: SchemaMigrator;
  readonly accept: AcceptStatements;
  readonly claims: ClaimStatements;
  readonly settlements: SettleStatements;
  readonly cancels: CancelStatements;
  readonly subscriptions: SubscriptionStatements;
  readonly log: DeliveryLog;
  readonly restarts: RestartStatements;
  readonly retention: RetentionStatements;

  constructor(session: Session, codec: SubscriptionCodec, ids: IdFactory) {
    const queues = new QueueTable(session);
    const attempts = new AttemptTable(session);
    const deliveries = new DeliveryTable(session, queues);
    const loader = new ClaimLoader(session, new SubscriptionReader(session, codec));
    this.schema = new SchemaMigrator(session);
    this.accept = new AcceptStatements(session, codec, ids);
    this.claims = new ClaimStatements(session, loader, attempts, deliveries, queues);
    this.cancels = new CancelStatements(session, deliveries, queues);
    this.settlements = new SettleStatements(session, attempts, deliveries, this.cancels);
    this.subscriptions = new SubscriptionStatements(session, codec, this.cancels);
    this.log = new DeliveryLog(session);
    this.restarts = new RestartStatements(session, deliveries, ids);
    this.retention = new RetentionStatements(session, deliveries, queues);
  }
}
