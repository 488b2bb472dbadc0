import type {
  BackendFactory,
  ConnectionOptions,
  IQueueBackend,
  PostgresConnectionOptions,
} from 'bullmq';
import { InvalidArgumentError } from '../../platform/invalid-argument.error.js';

/** Options of `BullMqEngine`: where the queue is, and its name. */
export type BullMqEngineOptions = HintQueueOptions & (OnRedis | OnPostgres);

/** How the queue of hints is called. */
export interface HintQueueOptions {
  /**
   * Name of the queue: one for each store, the same in all its processes. Without `:`.
   * @default 'nestjs-webhooks'
   */
  readonly queueName?: string;
  /**
   * Beginning of the queue's keys on Redis.
   * @default 'bull', BullMQ's own
   */
  readonly prefix?: string;
}

/** A queue on Redis. */
export interface OnRedis {
  /**
   * Options as BullMQ takes them (`{ url }`, `{ host, port }`, …) for connections of the engine's own, or
   * a client that stays yours to close.
   */
  readonly connection: ConnectionOptions;
  readonly backend?: undefined;
}

/** A queue on BullMQ's PostgreSQL backend. */
export interface OnPostgres {
  /**
   * An address or the options of a pool, for pools of the engine's own, or a pool that stays yours to
   * close, whose `search_path` names BullMQ's schema.
   */
  readonly connection: PostgresConnectionOptions;
  /** `createPostgresBackend` of BullMQ. */
  readonly backend: BackendFactory<IQueueBackend, PostgresConnectionOptions>;
}

/** @throws InvalidArgumentError naming the option */
export function checkOptions(options: BullMqEngineOptions): void {
  const { connection, backend, queueName, prefix } = options ?? {};
  if (connection === undefined || connection === null) {
    throw new InvalidArgumentError('connection', 'Give what BullMQ takes, such as `{ url }`.');
  }
  if (backend !== undefined && typeof backend !== 'function') {
    throw new InvalidArgumentError(
      'backend',
      'Give `createPostgresBackend` of BullMQ, or leave it out.',
    );
  }
  if (queueName !== undefined && !isName(queueName)) {
    throw new InvalidArgumentError('queueName', 'Give text of 1 to 128 characters without ":".');
  }
  if (prefix !== undefined && (typeof prefix !== 'string' || prefix === '')) {
    throw new InvalidArgumentError('prefix', 'Give text, or leave it out.');
  }
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && /^[^:]{1,128}$/.test(name);
}
