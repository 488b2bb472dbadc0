import type { EgressOptions } from './egress/egress.options.js';
import type { HostResolver } from './egress/host.resolver.js';
import type { DeliveryEngine } from './engine/delivery.engine.js';
import type { Clock } from './platform/clock.js';
import type { AttemptLog } from './delivery/delivery.reporter.js';
import type { KeepAnswers } from './delivery/sender.js';
import type { WebhookFilterFunction } from './filter/webhook-filter.decorator.js';
import type { OperatorOptions } from './notifications/operator.webhooks.js';
import type { Randomness } from './platform/randomness.js';
import type { SignatureScheme } from './signing/signature.scheme.js';
import type { RetrySchedule } from './store/retry-schedule.record.js';
import type { WebhookStore } from './store/webhook.store.js';

/** Options of `WebhooksModule.forRoot()`; every one has a default. Durations are milliseconds. */
export interface WebhooksModuleOptions {
  /**
   * Where events, subscriptions and deliveries are kept.
   * @default new InMemoryWebhookStore() (lost when the process ends)
   */
  readonly store?: WebhookStore;
  /**
   * What wakes the worker.
   * @default new InProcessEngine()
   */
  readonly engine?: DeliveryEngine;
  /**
   * What this process does: `accept` only accepts events and manages subscriptions, for others on the
   * same store to deliver; `deliver` and `both` deliver too. `send` works in every role: `deliver` is for
   * saying that a process has nothing else to do.
   * @default 'both'
   */
  readonly role?: WebhooksRole;
  /**
   * What the request body is: the payload itself, or `{ type, timestamp, data }` around it as Standard
   * Webhooks recommends. The OpenAPI document follows.
   * @default 'none'
   */
  readonly envelope?: 'none' | 'standard';
  /**
   * Beginning of the names of the four webhook headers (`…id`, `…timestamp`, `…signature`, `…event`).
   * @default 'webhook-'
   */
  readonly headerPrefix?: string;
  /**
   * How requests are signed; several at once while receivers move from one to another.
   * @default [standardWebhooks()]
   */
  readonly signatures?: readonly SignatureScheme[];
  /**
   * When a delivery is tried. A subscription can have its own.
   * @default the example of Standard Webhooks: 10 tries over 75 h 35 min, ±20 %
   */
  readonly retry?: RetrySchedule;
  /**
   * Time for a whole request: name, connection, request and answer. From 100 to 60000.
   * @default 15000
   */
  readonly timeout?: number;
  /**
   * The part of `timeout` that connecting may take. From 100 to 60000.
   * @default 5000
   */
  readonly connectTimeout?: number;
  /** How many requests are in flight at once. */
  readonly concurrency?: ConcurrencyOptions;
  /** When a subscription that only fails is left alone for a while. */
  readonly breaker?: BreakerSettings;
  /** Where deliveries may go. */
  readonly egress?: EgressOptions;
  /**
   * How requests are sent: through `WebhookHttpService.axiosRef`, whose interceptors are yours, or
   * directly, which costs less. Both are guarded by the same egress policy.
   * @default 'axios'
   */
  readonly transport?: 'axios' | 'direct';
  /**
   * Largest request body in bytes; a larger one is refused by `send`.
   * @default 262144
   */
  readonly bodyLimit?: number;
  /**
   * What `send` does with payload fields that the DTO does not declare to class-validator: leave them
   * out, refuse the payload, or send them.
   * @default 'strip'
   */
  readonly unknownFields?: 'strip' | 'refuse' | 'keep';
  /**
   * Value of the `user-agent` header.
   * @default 'nestjs-webhooks'
   */
  readonly userAgent?: string;
  /**
   * How long old secrets go on signing beside a new one, when `rotateSecret` says nothing else. From 0
   * to 7 days.
   * @default 86400000 (24 h)
   */
  readonly secretOverlap?: number;
  /**
   * A subscription from which nothing but failures came back for so long is disabled.
   * @default 432000000 (5 days)
   */
  readonly disableAfter?: number;
  /**
   * Longest time that a `retry-after` header is obeyed for. From 0 to 30 days.
   * @default 86400000 (24 h)
   */
  readonly retryAfterLimit?: number;
  /**
   * How much of an answer's body is read, in bytes; the connection is closed when there is more.
   * @default 16384
   */
  readonly answerLimit?: number;
  /**
   * Of which attempts the answer's body is kept, for support to read.
   * @default 'all'
   */
  readonly keepAnswers?: KeepAnswers;
  /**
   * How many subscriptions a tenant may have.
   * @default 1000
   */
  readonly subscriptionsPerTenant?: number;
  /**
   * Whether a receiver has to show that it wants webhooks: a new subscription, and one whose URL changes,
   * is `unverified` and gets nothing until `subscriptions.verify` has sent it a token and got it back.
   * Subscriptions that are enabled already stay so.
   * @default false
   */
  readonly challenge?: boolean;
  /**
   * How often a tenant may call `subscriptions.ping` and, in the same count, make `subscriptions.verify`
   * send a challenge, in a minute, in one process; as many at once.
   * @default 60
   */
  readonly pingRate?: number;
  /**
   * How often a tenant may call `deliveries.redeliver` in a minute, in one process; as many at once.
   * @default 300
   */
  readonly redeliverRate?: number;
  /**
   * Decides which subscriptions get an event, beside `@WebhookFilter` methods. It is asked for each
   * that matches.
   * @default every one
   */
  readonly filter?: WebhookFilterFunction;
  /**
   * Which attempts leave a line in the application's log: one object with ids, outcome and times,
   * without payload, address or secret.
   * @default 'failures'
   */
  readonly attemptLog?: AttemptLog;
  /**
   * Also sends notifications as webhooks to the subscriptions of one tenant, the operator's.
   * @default none
   */
  readonly operator?: OperatorOptions;
  /**
   * How often the sweeper looks for what is due and nobody holds.
   * @default 5000
   */
  readonly sweepInterval?: number;
  /**
   * How long beyond `timeout` a delivery is held for its attempt. After that the process counts as dead,
   * and another makes the next attempt. It has to outlast a pause of the process and an outage of the
   * store, or an event is sent twice. From 1 s to 1 h.
   * @default 30000
   */
  readonly leaseMargin?: number;
  /**
   * How long events, deliveries and attempts are kept after the last delivery ended.
   * @default 2592000000 (30 days)
   */
  readonly retention?: number;
  /**
   * How long a shutdown waits for requests in flight before it ends them.
   * @default 10000
   */
  readonly shutdownGrace?: number;
  /** Source of time, for tests. @default the machine's clock */
  readonly clock?: Clock;
  /** Source of randomness, for tests. @default the operating system's */
  readonly randomness?: Randomness;
  /** Name resolution. @default new SystemHostResolver() */
  readonly resolver?: HostResolver;
}

/** What a process does. */
export type WebhooksRole = 'accept' | 'deliver' | 'both';

/** How many requests are in flight at once, in this process. */
export interface ConcurrencyOptions {
  /**
   * Requests of ordinary speed; at most a quarter of them are further tries and replays.
   * @default 64
   */
  readonly total?: number;
  /**
   * Requests older than a second, which no longer count in `total`.
   * @default 512
   */
  readonly slow?: number;
  /**
   * Requests of one subscription. It has one until its first quick answer, and while it is slow.
   * @default 8
   */
  readonly perSubscription?: number;
}

/**
 * When a subscription that only fails is left alone: after so many failures in a row its deliveries
 * wait, which costs no attempt, and after each pause a single one is tried.
 */
export interface BreakerSettings {
  /**
   * Failures in a row, over all its deliveries.
   * @default 10
   */
  readonly failures?: number;
  /**
   * First pause; each further one is twice as long.
   * @default 1000
   */
  readonly pause?: number;
  /**
   * Longest pause.
   * @default 60000
   */
  readonly longestPause?: number;
}
