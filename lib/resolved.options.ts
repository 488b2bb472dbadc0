import type { EgressOptions } from './egress/egress.options.js';
import type { HostResolver } from './egress/host.resolver.js';
import { SystemHostResolver } from './egress/system.resolver.js';
import type { DeliveryEngine } from './engine/delivery.engine.js';
import { InProcessEngine } from './engine/in-process/in-process.engine.js';
import type { Clock } from './platform/clock.js';
import { InvalidArgumentError } from './platform/invalid-argument.error.js';
import type { Randomness } from './platform/randomness.js';
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
} from './webhooks.options.js';

/** The module's options with every default filled in and every value checked. */
export type ResolvedOptions = Required<
  Omit<WebhooksModuleOptions, 'concurrency' | 'breaker' | 'egress'>
> & {
  readonly concurrency: Required<ConcurrencyOptions>;
  readonly breaker: Required<BreakerSettings>;
  readonly egress: EgressOptions;
};

/** Injection token of the {@link ResolvedOptions}. */
export const RESOLVED_OPTIONS = Symbol('nestjs-webhooks:resolved-options');

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Fills in the defaults.
 * @throws InvalidArgumentError naming the option
 */
export function resolveOptions(options: WebhooksModuleOptions = {}): ResolvedOptions {
  const number = numberReader(options as Readonly<Record<string, unknown>>);
  const clock: Clock = options.clock ?? new SystemClock();
  const randomness: Randomness = options.randomness ?? new SystemRandomness();
  const store: WebhookStore = options.store ?? new InMemoryWebhookStore({ clock });
  const engine: DeliveryEngine = options.engine ?? new InProcessEngine(clock);
  const resolver: HostResolver = options.resolver ?? new SystemHostResolver();
  return {
    store,
    engine,
    clock,
    randomness,
    resolver,
    envelope: oneOf('envelope', options.envelope ?? 'none', ['none', 'standard']),
    headerPrefix: checkedPrefix(options.headerPrefix ?? 'webhook-'),
    signatures: checkedSignatures(options.signatures ?? [standardWebhooks()]),
    retry: checkedSchedule('retry', options.retry ?? DEFAULT_RETRY),
    timeout: number('timeout', 15 * SECOND, 100, 60 * SECOND),
    connectTimeout: number('connectTimeout', 5 * SECOND, 100, 60 * SECOND),
    concurrency: resolveConcurrency(options.concurrency ?? {}),
    breaker: resolveBreaker(options.breaker ?? {}),
    egress: options.egress ?? {},
    transport: oneOf('transport', options.transport ?? 'axios', ['axios', 'direct']),
    bodyLimit: number('bodyLimit', 256 * 1_024, 1, 100 * 1_024 * 1_024),
    unknownFields: oneOf('unknownFields', options.unknownFields ?? 'strip', [
      'strip',
      'refuse',
      'keep',
    ]),
    userAgent: checkedUserAgent(options.userAgent ?? 'nestjs-webhooks'),
    disableAfter: number('disableAfter', 5 * DAY, SECOND, 365 * DAY),
    sweepInterval: number('sweepInterval', 5 * SECOND, 10, 60 * 60 * SECOND),
    retention: number('retention', 30 * DAY, 0, 3_650 * DAY),
    shutdownGrace: number('shutdownGrace', 10 * SECOND, 0, LONGEST_TIMER),
  };
}

function resolveConcurrency(options: ConcurrencyOptions): Required<ConcurrencyOptions> {
  const number = numberReader(options as Readonly<Record<string, unknown>>, 'concurrency.');
  return {
    total: number('total', 64, 1, 10_000),
    slow: number('slow', 512, 0, 100_000),
    perSubscription: number('perSubscription', 8, 1, 10_000),
  };
}

function resolveBreaker(options: BreakerSettings): Required<BreakerSettings> {
  const number = numberReader(options as Readonly<Record<string, unknown>>, 'breaker.');
  return {
    failures: number('failures', 10, 1, 1_000_000),
    pause: number('pause', SECOND, 1, DAY),
    longestPause: number('longestPause', 60 * SECOND, 1, DAY),
  };
}

function numberReader(options: Readonly<Record<string, unknown>>, path = '') {
  return (name: string, fallback: number, low: number, high: number): number => {
    const value = options[name] ?? fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) {
      return value;
    }
    throw new InvalidArgumentError(path + name, `Give a whole number from ${low} to ${high}.`);
  };
}

function oneOf<T extends string>(name: string, value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value;
  throw new InvalidArgumentError(name, `Give one of ${choices.join(', ')}.`);
}

function checkedPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[a-z][a-z0-9-]{0,62}-$/i.test(prefix)) {
    return prefix.toLowerCase();
  }
  throw new InvalidArgumentError(
    'headerPrefix',
    'Give letters, digits and "-" that end with "-", such as "x-webhook-".',
  );
}

function checkedSignatures<T>(signatures: readonly T[]): readonly T[] {
  if (Array.isArray(signatures) && signatures.length > 0) return [...signatures];
  throw new InvalidArgumentError('signatures', 'Give at least one, such as standardWebhooks().');
}

function checkedUserAgent(userAgent: unknown): string {
  if (
    typeof userAgent === 'string' &&
    /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/.test(userAgent)
  ) {
    return userAgent;
  }
  throw new InvalidArgumentError('userAgent', 'Give printable ASCII text of 1 to 256 characters.');
}
