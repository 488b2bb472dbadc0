import type { WebhookCatalog } from '../catalog/webhook.catalog.js';
import { patternsOf } from '../catalog/event-type.js';
import { checkedFilter } from '../filter/payload-filter.rules.js';
import { NOTIFICATION_NAMES, operatorDefinition } from '../notifications/operator.webhooks.js';
import type { UrlPolicy } from '../egress/url.policy.js';
import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import { checkedSchedule } from '../schedule/retry.schedules.js';
import { createSecret } from '../signing/secret.factory.js';
import type { SignatureScheme } from '../signing/signature.scheme.js';
import type { Randomness } from '../platform/randomness.js';
import { checkedText } from '../platform/tenant.js';
import type { SubscriptionRecord } from '../store/subscription.record.js';
import { checkedAuth } from './auth.rules.js';
import { checkedCertificate } from './certificate.rules.js';
import type { UpdateSubscription } from './create-subscription.dto.js';
import { checkedHeaders } from './header.rules.js';

const MOST_EVENT_TYPES = 100;
const MOST_AT_ONCE = 10_000;
const OPERATOR_PATTERNS: ReadonlySet<unknown> = new Set(
  NOTIFICATION_NAMES.map(operatorDefinition).flatMap(({ type }) => patternsOf(type)),
);
const LONGEST_SECRET = 512;
const LONGEST_DESCRIPTION = 1_024;
const MOST_METADATA = 50;
const LONGEST_METADATA = 512;

/** What an application may say of a subscription, as a record holds it. */
export type SubscriptionDetails = Pick<
  SubscriptionRecord,
  | 'url'
  | 'eventTypes'
  | 'description'
  | 'metadata'
  | 'headers'
  | 'auth'
  | 'clientCertificate'
  | 'retry'
  | 'filter'
  | 'concurrency'
  | 'rateLimit'
>;

/** What {@link SubscriptionRules} need of the module's options. */
export interface SubscriptionRulesOptions {
  readonly headerPrefix: string;
  readonly signatures: readonly SignatureScheme[];
  /** Names of the headers the signature schemes make, in lower case. */
  readonly signatureHeaders: readonly string[];
  /** The tenant that may also subscribe to notifications; null for none. */
  readonly operatorTenant: string | null;
}

/** Checks what is said of a subscription before anything is written. */
export class SubscriptionRules {
  constructor(
    private readonly options: SubscriptionRulesOptions,
    private readonly catalog: WebhookCatalog,
    private readonly urls: UrlPolicy,
    private readonly randomness: Randomness,
  ) {}

  /**
   * The given fields, checked; only those that were given.
   * @throws InvalidArgumentError, BlockedUrlError, InvalidEventTypeError or UnknownEventTypeError
   */
  check(input: UpdateSubscription, tenant: string): Partial<SubscriptionDetails> {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      throw new InvalidArgumentError('subscription', 'Give an object with `url` and `eventTypes`.');
    }
    const { url, eventTypes, description, metadata, headers } = input;
    const { headerPrefix, signatureHeaders } = this.options;
    return {
      ...(url !== undefined && { url: this.urls.check(url) }),
      ...(eventTypes !== undefined && { eventTypes: this.checkEventTypes(eventTypes, tenant) }),
      ...(description !== undefined && { description: checkDescription(description) }),
      ...(metadata !== undefined && { metadata: checkMetadata(metadata) }),
      ...(headers !== undefined && {
        headers: checkedHeaders(headers, headerPrefix, signatureHeaders),
      }),
      ...this.checkCredentials(input),
      ...checkTraffic(input),
    };
  }

  /**
   * What only the whole subscription can tell.
   * @throws InvalidArgumentError when parts of it contradict each other
   */
  checkWhole<T extends SubscriptionDetails>(subscription: T): T {
    const { url, headers, auth, clientCertificate } = subscription;
    if (auth !== null && 'authorization' in headers) {
      const remedy = 'Take the header `authorization` out of `headers`, or leave `auth` out.';
      throw new InvalidArgumentError('auth', remedy);
    }
    if (clientCertificate !== null && !url.startsWith('https:')) {
      const remedy = 'Give an https URL: a certificate is shown in the TLS handshake only.';
      throw new InvalidArgumentError('clientCertificate', remedy);
    }
    return subscription;
  }

  /**
   * The secret that was given, or a new one.
   * @throws InvalidArgumentError when it is no text
   * @throws InvalidSecretError when a configured scheme cannot sign with it
   */
  checkSecret(given: string | undefined): string {
    const secret = given === undefined ? createSecret(this.randomness.bytes(32)) : given;
    checkedText('secret', secret, LONGEST_SECRET);
    for (const scheme of this.options.signatures) scheme.parseSecret(secret);
    return secret;
  }

  private checkCredentials({ auth, clientCertificate }: UpdateSubscription) {
    return {
      ...(auth !== undefined && { auth: auth === null ? null : checkedAuth(auth, this.urls) }),
      ...(clientCertificate !== undefined && {
        clientCertificate:
          clientCertificate === null ? null : checkedCertificate(clientCertificate),
      }),
    };
  }

  private checkEventTypes(eventTypes: unknown, tenant: string): readonly string[] {
    if (!Array.isArray(eventTypes) || eventTypes.length === 0) {
      throw new InvalidArgumentError('eventTypes', 'Give a list of at least one event type.');
    }
    if (eventTypes.length > MOST_EVENT_TYPES) {
      const remedy = `Give at most ${MOST_EVENT_TYPES}; a prefix such as "order.*" stands for many.`;
      throw new InvalidArgumentError('eventTypes', remedy);
    }
    for (const pattern of eventTypes) {
      if (tenant !== this.options.operatorTenant || !OPERATOR_PATTERNS.has(pattern)) {
        this.catalog.requirePattern(pattern);
      }
    }
    return [...new Set<string>(eventTypes)];
  }
}

/** What governs when and how fast it gets which events; null takes back what was set. */
function checkTraffic({ retry, filter, concurrency, rateLimit }: UpdateSubscription) {
  return {
    ...(retry !== undefined && {
      retry: retry === null ? null : checkedSchedule('retry', retry),
    }),
    ...(filter !== undefined && { filter: filter === null ? null : checkedFilter(filter) }),
    ...(concurrency !== undefined && {
      concurrency: checkAmount('concurrency', concurrency, 1, Number.isInteger),
    }),
    ...(rateLimit !== undefined && {
      rateLimit: checkAmount('rateLimit', rateLimit, 0.001, Number.isFinite),
    }),
  };
}

function checkAmount(
  argument: string,
  value: number | null,
  low: number,
  isValid: (value: unknown) => boolean,
): number | null {
  if (value === null || (isValid(value) && value >= low && value <= MOST_AT_ONCE)) return value;
  throw new InvalidArgumentError(argument, `Give a number from ${low} to ${MOST_AT_ONCE}.`);
}

function checkDescription(description: unknown): string {
  if (typeof description === 'string' && description.length <= LONGEST_DESCRIPTION) {
    return description;
  }
  const remedy = `Give a text of at most ${LONGEST_DESCRIPTION} characters.`;
  throw new InvalidArgumentError('description', remedy);
}

const fits = (text: unknown): boolean =>
  typeof text === 'string' && text.length <= LONGEST_METADATA;

function checkMetadata(metadata: unknown): Record<string, string> {
  const entries =
    typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)
      ? Object.entries(metadata as Record<string, unknown>)
      : null;
  if (
    entries === null ||
    entries.length > MOST_METADATA ||
    !entries.every(([key, value]) => fits(key) && fits(value) && key !== '__proto__')
  ) {
    const remedy = `Give an object of at most ${MOST_METADATA} texts of up to ${LONGEST_METADATA} characters.`;
    throw new InvalidArgumentError('metadata', remedy);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}
