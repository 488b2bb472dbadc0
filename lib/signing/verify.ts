import { InvalidSignatureOptionError } from './invalid-signature-option.error.js';
import type { SignedHeaders, VerifiedWebhook } from './signature.scheme.js';
import {
  DEFAULT_TOLERANCE,
  keysOf,
  resolveScheme,
  SchemeOptions,
  SecretChoice,
} from './signing.options.js';
import { WebhookVerificationError } from './webhook-verification.error.js';

/** Received headers: an object with names in any case, a `Headers` object, or pairs. */
export type ReceivedHeaders = SignedHeaders | Iterable<readonly [string, string]>;

/** Options of {@link verify}. */
export type VerifyOptions = SecretChoice &
  SchemeOptions & {
    readonly headers: ReceivedHeaders;
    /** The bytes as they were received, or their text: never JSON that was parsed and written again. */
    readonly body: string | Uint8Array;
    /**
     * Milliseconds that the timestamp may be away from `now`, for schemes that have one.
     * @default 300000 (5 minutes)
     */
    readonly tolerance?: number;
    /**
     * The receiver's time in milliseconds since the Unix epoch.
     * @default the current time
     */
    readonly now?: number;
  };

/**
 * Verifies a received webhook request. What it returns is proven; the id tells a repeat.
 *
 * @throws WebhookVerificationError when the request is not proven, whatever the cause
 * @throws InvalidSecretError when a secret is missing or not usable
 * @throws InvalidSignatureOptionError when another option is not valid
 */
export function verify(options: VerifyOptions): VerifiedWebhook {
  const { headers, body, tolerance = DEFAULT_TOLERANCE, now = Date.now() } = options;
  const { scheme, headerPrefix } = resolveScheme(options);
  if (!Number.isFinite(tolerance) || tolerance < 0) {
    throw new InvalidSignatureOptionError('tolerance', 'milliseconds, 0 or more');
  }
  const keys = keysOf(options, scheme, 'verify');
  const request = { headers: byLowerCaseName(headers), body: bytesOf(body) };
  return scheme.verify(request, keys, { headerPrefix, tolerance, now });
}

function bytesOf(body: string | Uint8Array): Uint8Array {
  // Half of a surrogate pair has no bytes of its own: all of them would be signed alike.
  if (typeof body === 'string' && /\p{Surrogate}/u.test(body)) {
    throw new WebhookVerificationError('body-malformed');
  }
  return typeof body === 'string' ? Buffer.from(body) : body;
}

function byLowerCaseName(headers: ReceivedHeaders): SignedHeaders {
  const pairs = Symbol.iterator in headers ? headers : Object.entries(headers);
  const result: Record<string, readonly string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    if (value !== undefined) {
      const key = name.toLowerCase();
      result[key] = [...(result[key] ?? []), ...(typeof value === 'string' ? [value] : value)];
    }
  }
  return result;
}
