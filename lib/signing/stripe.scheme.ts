import { createHmac } from 'node:crypto';
import { equalInConstantTime } from './constant-time.js';
import { KeyCache } from './key.cache.js';
import { checkTimestamp, readHeader, readOptionalId } from './received.headers.js';
import type {
  SignatureInput,
  SignatureScheme,
  SignedRequest,
  VerificationOptions,
  VerifiedWebhook,
} from './signature.scheme.js';
import type { SigningKey } from './signing-key.js';
import { parseTextSecret } from './text.secret.js';
import { WebhookVerificationError } from './webhook-verification.error.js';

const NAME = 'stripe';
const HEADER = 'stripe-signature';
const MOST_ELEMENTS = 33;
const ELEMENT = /^([a-z0-9_]+)=([!-+\--~]+)$/;

/**
 * As Stripe signs: `Stripe-Signature: t=…,v1=…`, the hexadecimal HMAC-SHA256 of `t.body` keyed with the
 * secret's whole text. With several secrets there is one `v1` of each. The id is not signed.
 */
export function stripe(): SignatureScheme {
  return new StripeScheme();
}

class StripeScheme implements SignatureScheme {
  readonly name = NAME;
  private readonly keys = new KeyCache((secret) => parseTextSecret(secret, NAME));

  parseSecret(secret: string): SigningKey {
    return this.keys.get(secret);
  }

  sign(input: SignatureInput, keys: readonly SigningKey[]): Record<string, string> {
    const timestamp = String(input.timestamp);
    const signatures = keys.map((key) => `v1=${hmac(key, timestamp, input.body)}`);
    return { [HEADER]: [`t=${timestamp}`, ...signatures].join(',') };
  }

  verify(
    request: SignedRequest,
    keys: readonly SigningKey[],
    options: VerificationOptions,
  ): VerifiedWebhook {
    const { headers, body } = request;
    const elements = splitElements(readHeader(headers, HEADER));
    const [timestampText, ...others] = valuesOf(elements, 't');
    if (timestampText === undefined || others.length > 0) {
      throw new WebhookVerificationError('signature-malformed');
    }
    const timestamp = checkTimestamp(timestampText, options);
    const signatures = valuesOf(elements, 'v1');
    const isSignedWith = (key: SigningKey): boolean => {
      const expected = hmac(key, timestampText, body);
      return signatures.some((signature) => equalInConstantTime(signature, expected));
    };
    if (!keys.some(isSignedWith)) {
      throw new WebhookVerificationError('signature-mismatch');
    }
    return { id: readOptionalId(headers, `${options.headerPrefix}id`), timestamp };
  }
}

type Element = readonly [name: string, value: string];

function hmac({ key }: SigningKey, timestamp: string, body: Uint8Array): string {
  return createHmac('sha256', key).update(`${timestamp}.`).update(body).digest('hex');
}

function splitElements(header: string): readonly Element[] {
  const texts = header.split(',', MOST_ELEMENTS + 1);
  if (texts.length > MOST_ELEMENTS) {
    throw new WebhookVerificationError('signature-malformed');
  }
  return texts.map((text) => {
    const [, name, value] = ELEMENT.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new WebhookVerificationError('signature-malformed');
    }
    return [name, value];
  });
}

function valuesOf(elements: readonly Element[], name: string): readonly string[] {
  return elements.filter(([key]) => key === name).map(([, value]) => value);
}
