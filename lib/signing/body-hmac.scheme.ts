import { createHmac } from 'node:crypto';
import { equalInConstantTime } from './constant-time.js';
import { InvalidSecretError } from './invalid-secret.error.js';
import { KeyCache } from './key.cache.js';
import { readHeader, readOptionalId } from './received.headers.js';
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

/** How one sender writes the HMAC of a body. */
export interface BodyHmacFormat {
  readonly name: string;
  /** Name of the signature header, in lower case. */
  readonly header: string;
  /** What stands before the hexadecimal digits. */
  readonly prefix: string;
  /** Where the id may stand, in lower case, beside the header with the receiver's prefix. */
  readonly idHeader: string | null;
}

/**
 * Hexadecimal HMAC-SHA256 of the body alone, in a header that holds one signature. It signs neither id
 * nor time, so a request once overheard can be sent again at any time and under any id.
 */
export class BodyHmacScheme implements SignatureScheme {
  readonly name: string;
  private readonly keys: KeyCache;

  constructor(private readonly format: BodyHmacFormat) {
    this.name = format.name;
    this.keys = new KeyCache((secret) => parseTextSecret(secret, format.name));
  }

  parseSecret(secret: string): SigningKey {
    return this.keys.get(secret);
  }

  sign(input: SignatureInput, keys: readonly SigningKey[]): Record<string, string> {
    const [newest] = keys;
    if (newest === undefined) {
      throw new InvalidSecretError(this.name, 'at least one secret');
    }
    return { [this.format.header]: this.signatureOf(input.body, newest) };
  }

  verify(
    request: SignedRequest,
    keys: readonly SigningKey[],
    options: VerificationOptions,
  ): VerifiedWebhook {
    const { headers, body } = request;
    const signature = readHeader(headers, this.format.header);
    if (!keys.some((key) => equalInConstantTime(signature, this.signatureOf(body, key)))) {
      throw new WebhookVerificationError('signature-mismatch');
    }
    const own =
      this.format.idHeader === null ? null : readOptionalId(headers, this.format.idHeader);
    return { id: own ?? readOptionalId(headers, `${options.headerPrefix}id`), timestamp: null };
  }

  private signatureOf(body: Uint8Array, { key }: SigningKey): string {
    return this.format.prefix + createHmac('sha256', key).update(body).digest('hex');
  }
}
