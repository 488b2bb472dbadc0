import type { EgressOptions } from './egress/egress.options.js';
import type { HostResolver } from './egress/host.resolver.js';
import type { DeliveryEngine } from './engine/delivery.engine.js';
import type { Clock } from './platform/clock.js';
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
   * A subscription from which nothing but failures came back for so long is disabled.
   * @default 432000000 (5 days)
   */
  readonly disableAfter?: number;
  /**
   * How often the sweeper looks for what is due and nobody holds.
   * @default 5000
   */
  readonly sweepInterval?: number;
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
  /** Name resolution. @default the operating system's */
  readonly resolver?: HostResolver;
}

/** How many requests are in flight at once, in this process. */
export interface ConcurrencyOptions {
  /**
   * Requests of ordinary speed.
   * @default 64
   */
  readonly total?: number;
  /**
   * Requests older than a second, which no longer count in `total`.
   * @default 512
   */
  readonly slow?: number;
  /**
   * Requests of one subscription; a slow subscription has one.
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
