import type { SignatureScheme } from '../signing/signature.scheme.js';
import type { SigningKey } from '../signing/signing-key.js';
import { DEFAULT_TOLERANCE, keysOf, resolveScheme } from '../signing/signing.options.js';
import { ReceiverOptionsError } from './receiver-options.error.js';
import type { IdempotencyOptions, VerifyWebhookOptions } from './verify-webhook.options.js';

/** Key of the metadata that `@VerifyWebhook()` leaves. */
export const VERIFY_WEBHOOK_METADATA = 'nestjs-webhooks:verify-webhook';

const DEFAULT_BODY_LIMIT = 1_048_576;
const DEFAULT_TTL = 7 * 24 * 3_600_000;
const DEFAULT_LEASE = 300_000;

/** The options of `@VerifyWebhook()`, checked and complete. */
export interface VerifyWebhookPolicy<Request = unknown> {
  readonly scheme: SignatureScheme;
  readonly headerPrefix: string;
  readonly tolerance: number;
  readonly bodyLimit: number;
  /** The keys to verify a request with; none when no secret is known for it. */
  readonly keys: (request: Request) => Promise<readonly SigningKey[]>;
  readonly idempotency: IdempotencyPolicy<Request> | null;
}

/** How repeats are recognised. */
export interface IdempotencyPolicy<Request = unknown> extends Omit<
  IdempotencyOptions<Request>,
  'ttl' | 'lease'
> {
  readonly ttl: number;
  readonly lease: number;
}

/**
 * Checks and completes the options.
 *
 * @throws ReceiverOptionsError when one is missing or not usable
 * @throws InvalidSecretError when a secret is missing or not usable
 * @throws InvalidSignatureOptionError when the header prefix is not usable
 */
export function resolvePolicy<Request>(
  options: VerifyWebhookOptions<Request>,
): VerifyWebhookPolicy<Request> {
  const { scheme, headerPrefix } = resolveScheme(options);
  const { tolerance = DEFAULT_TOLERANCE, bodyLimit = DEFAULT_BODY_LIMIT } = options;
  return {
    scheme,
    headerPrefix,
    tolerance: positive(tolerance, 'tolerance', 'milliseconds, more than 0'),
    bodyLimit: positive(bodyLimit, 'bodyLimit', 'bytes, more than 0'),
    keys: keySource(options, scheme),
    idempotency: idempotencyPolicy(options),
  };
}

function keySource<Request>(
  options: VerifyWebhookOptions<Request>,
  scheme: SignatureScheme,
): VerifyWebhookPolicy<Request>['keys'] {
  const { secret, secrets, resolver } = options;
  if ([secret, secrets, resolver].filter((source) => source !== undefined).length !== 1) {
    throw new ReceiverOptionsError('secret', 'a secret, or set one of "secrets" and "resolver"');
  }
  if (resolver !== undefined) {
    return async (request) => {
      const found = (await resolver(request)) ?? [];
      const list = typeof found === 'string' ? [found] : found;
      return list.filter((text) => text !== '').map((text) => scheme.parseSecret(text, 'verify'));
    };
  }
  const keys = keysOf(secrets === undefined ? { secret } : { secrets }, scheme, 'verify');
  return async () => keys;
}

function idempotencyPolicy<Request>(
  options: VerifyWebhookOptions<Request>,
): IdempotencyPolicy<Request> | null {
  if (options.idempotency === false) {
    return null;
  }
  const { ttl = DEFAULT_TTL, lease = DEFAULT_LEASE, store, source } = options.idempotency ?? {};
  return {
    ttl: positive(ttl, 'idempotency.ttl', 'milliseconds, more than 0'),
    lease: positive(lease, 'idempotency.lease', 'milliseconds, more than 0'),
    store,
    source,
  };
}

function positive(value: number, option: string, expected: string): number {
  if (!Number.isFinite(value) || value <= 0) {
    throw new ReceiverOptionsError(option, expected);
  }
  return value;
}
