import { checkedAuthorities } from './egress/authority.rules.js';
import type { EgressOptions } from './egress/egress.options.js';
import { SystemHostResolver } from './egress/system.resolver.js';
import { InProcessEngine } from './engine/in-process/in-process.engine.js';
import type { WebhookFilterFunction } from './filter/webhook-filter.decorator.js';
import type { OperatorOptions } from './notifications/operator.webhooks.js';
import {
  checkedChoice,
  checkedFunction,
  checkedNumber,
  checkedOperator,
  checkedPrefix,
  checkedSignatures,
  checkedSwitch,
  checkedUserAgent,
} from './option.checks.js';
import { InvalidArgumentError } from './platform/invalid-argument.error.js';
import { SystemClock } from './platform/system.clock.js';
import { SystemRandomness } from './platform/system.randomness.js';
import { checkedSchedule, DEFAULT_RETRY } from './schedule/retry.schedules.js';
import { standardWebhooks } from './signing/standard-webhooks.scheme.js';
import { InMemoryWebhookStore } from './store/memory/in-memory-webhook.store.js';
import type { WebhookStore } from './store/webhook.store.js';
import type {
  BreakerSettings,
  ConcurrencyOptions,
  WebhooksModuleOptions,
  WebhooksRole,
} from './webhooks.options.js';

/** The module's options with every default filled in and every value checked. */
export type ResolvedOptions = Required<
  Omit<WebhooksModuleOptions, 'concurrency' | 'breaker' | 'egress' | 'filter' | 'operator'>
> & {
  readonly concurrency: Required<ConcurrencyOptions>;
  readonly breaker: Required<BreakerSettings>;
  readonly egress: EgressOptions;
  readonly filter: WebhookFilterFunction | null;
  readonly operator: Required<OperatorOptions> | null;
};

/** Injection token of the {@link ResolvedOptions}. */
export const RESOLVED_OPTIONS = Symbol('nestjs-webhooks:resolved-options');

/**
 * Fills in the defaults.
 * @throws InvalidArgumentError naming the option
 */
export function resolveOptions(options: WebhooksModuleOptions = {}): ResolvedOptions {
  const clock = options.clock ?? new SystemClock();
  return {
    clock,
    randomness: options.randomness ?? new SystemRandomness(),
    store: options.store ?? new InMemoryWebhookStore({ clock }),
    engine: options.engine ?? new InProcessEngine(clock),
    resolver: options.resolver ?? new SystemHostResolver(),
    ...wireOptions(options),
    ...deliveryOptions(options),
    ...choices(options),
  };
}

function wireOptions(options: WebhooksModuleOptions) {
  return {
    envelope: checkedChoice('envelope', options.envelope ?? 'none', ['none', 'standard']),
    headerPrefix: checkedPrefix(options.headerPrefix ?? 'webhook-'),
    signatures: checkedSignatures(options.signatures ?? [standardWebhooks()]),
    userAgent: checkedUserAgent(options.userAgent ?? 'nestjs-webhooks'),
    egress: { ...options.egress, ca: checkedAuthorities(options.egress?.ca) },
    transport: checkedChoice('transport', options.transport ?? 'axios', ['axios', 'direct']),
  };
}

function deliveryOptions(options: WebhooksModuleOptions) {
  const { concurrency, breaker } = options;
  return {
    retry: checkedSchedule('retry', options.retry ?? DEFAULT_RETRY),
    timeout: checkedNumber('timeout', options.timeout),
    connectTimeout: checkedNumber('connectTimeout', options.connectTimeout),
    retryAfterLimit: checkedNumber('retryAfterLimit', options.retryAfterLimit),
    answerLimit: checkedNumber('answerLimit', options.answerLimit),
    bodyLimit: checkedNumber('bodyLimit', options.bodyLimit),
    subscriptionsPerTenant: checkedNumber('subscriptionsPerTenant', options.subscriptionsPerTenant),
    pingRate: checkedNumber('pingRate', options.pingRate),
    redeliverRate: checkedNumber('redeliverRate', options.redeliverRate),
    secretOverlap: checkedNumber('secretOverlap', options.secretOverlap),
    disableAfter: checkedNumber('disableAfter', options.disableAfter),
    sweepInterval: checkedNumber('sweepInterval', options.sweepInterval),
    leaseMargin: checkedNumber('leaseMargin', options.leaseMargin),
    retention: checkedNumber('retention', options.retention),
    shutdownGrace: checkedNumber('shutdownGrace', options.shutdownGrace),
    concurrency: {
      total: checkedNumber('concurrency.total', concurrency?.total),
      slow: checkedNumber('concurrency.slow', concurrency?.slow),
      perSubscription: checkedNumber('concurrency.perSubscription', concurrency?.perSubscription),
    },
    breaker: {
      failures: checkedNumber('breaker.failures', breaker?.failures),
      pause: checkedNumber('breaker.pause', breaker?.pause),
      longestPause: checkedNumber('breaker.longestPause', breaker?.longestPause),
    },
  };
}

function checkedRole(role: WebhooksRole, store: WebhookStore | undefined): WebhooksRole {
  const inMemory = store === undefined || store instanceof InMemoryWebhookStore;
  if (role === 'accept' && inMemory) {
    throw new InvalidArgumentError(
      'role',
      'Nobody else can deliver what is in this memory: give a `store` on a database, or leave it out.',
    );
  }
  return checkedChoice('role', role, ['accept', 'deliver', 'both']);
}

function choices(options: WebhooksModuleOptions) {
  const { unknownFields = 'strip', keepAnswers = 'all', attemptLog = 'failures' } = options;
  const { role = 'both' } = options;
  const { filter, operator } = options;
  return {
    unknownFields: checkedChoice('unknownFields', unknownFields, ['strip', 'refuse', 'keep']),
    keepAnswers: checkedChoice('keepAnswers', keepAnswers, ['none', 'failures', 'all']),
    attemptLog: checkedChoice('attemptLog', attemptLog, ['none', 'failures', 'all']),
    role: checkedRole(role, options.store),
    challenge: checkedSwitch('challenge', options.challenge ?? false),
    filter: checkedFunction('filter', filter),
    operator: operator === undefined ? null : checkedOperator(operator),
  };
}
