import { createHmac, sign, verify } from 'node:crypto';
import { equalInConstantTime } from './constant-time.js';
import { InvalidSecretError } from './invalid-secret.error.js';
import { KeyCache } from './key.cache.js';
import { checkTimestamp, readHeader, readId } from './received.headers.js';
import type {
  SignatureInput,
  SignatureScheme,
  SignedRequest,
  VerificationOptions,
  VerifiedWebhook,
} from './signature.scheme.js';
import type { KeyPurpose, SigningKey } from './signing-key.js';
import { parseStandardWebhooksSecret, STANDARD_WEBHOOKS } from './standard-webhooks.secret.js';
import { WebhookVerificationError } from './webhook-verification.error.js';

const MOST_SIGNATURES = 32;
const SIGNATURE = /^[\w.-]+,[!-+\--~]+$/;

/**
 * Standard Webhooks 1.0.0 (standardwebhooks.com): signs `id.timestamp.body` as `v1` (HMAC-SHA256) with
 * `whsec_` secrets and as `v1a` (ed25519) with `whsk_` ones, which receivers verify with `whpk_`. With
 * several secrets the signature header lists one signature of each.
 */
export function standardWebhooks(): SignatureScheme {
  return new StandardWebhooksScheme();
}

class StandardWebhooksScheme implements SignatureScheme {
  readonly name = STANDARD_WEBHOOKS;
  private readonly keys = new KeyCache(parseStandardWebhooksSecret);

  parseSecret(secret: string, purpose: KeyPurpose = 'sign'): SigningKey {
    const key = this.keys.get(secret);
    if (purpose === 'sign' && key.key.type === 'public') {
      throw new InvalidSecretError(this.name, 'a whsec_ or whsk_ secret, as whpk_ only verifies');
    }
    return key;
  }

  sign(
    input: SignatureInput,
    keys: readonly SigningKey[],
    headerPrefix: string,
  ): Record<string, string> {
    const timestamp = String(input.timestamp);
    const start = `${input.id}.${timestamp}.`;
    return {
      [`${headerPrefix}id`]: input.id,
      [`${headerPrefix}timestamp`]: timestamp,
      [`${headerPrefix}signature`]: keys.map((key) => signWith(key, start, input.body)).join(' '),
    };
  }

  verify(
    request: SignedRequest,
    keys: readonly SigningKey[],
    options: VerificationOptions,
  ): VerifiedWebhook {
    const { headers, body } = request;
    const id = readId(headers, `${options.headerPrefix}id`);
    const timestampText = readHeader(headers, `${options.headerPrefix}timestamp`);
    const timestamp = checkTimestamp(timestampText, options);
    const signatures = splitSignatures(readHeader(headers, `${options.headerPrefix}signature`));
    const start = `${id}.${timestampText}.`;
    if (!keys.some((key) => isSignedWith(key, start, body, signatures))) {
      throw new WebhookVerificationError('signature-mismatch');
    }
    return { id, timestamp };
  }
}

function signWith({ algorithm, key }: SigningKey, start: string, body: Uint8Array): string {
  if (algorithm === 'hmac-sha256') {
    return `v1,${createHmac('sha256', key).update(start).update(body).digest('base64')}`;
  }
  return `v1a,${sign(null, Buffer.concat([Buffer.from(start), body]), key).toString('base64')}`;
}

function isSignedWith(
  signingKey: SigningKey,
  start: string,
  body: Uint8Array,
  signatures: readonly string[],
): boolean {
  if (signingKey.algorithm === 'hmac-sha256') {
    const expected = signWith(signingKey, start, body);
    return signatures.some((signature) => equalInConstantTime(signature, expected));
  }
  const content = Buffer.concat([Buffer.from(start), body]);
  return signatures.some((signature) => {
    const bytes = Buffer.from(signature.slice('v1a,'.length), 'base64');
    // Node's decoder is lenient: only the canonical text of the bytes is a signature.
    return (
      signature === `v1a,${bytes.toString('base64')}` &&
      verify(null, content, signingKey.key, bytes)
    );
  });
}

function splitSignatures(header: string): readonly string[] {
  const signatures = header.split(' ', MOST_SIGNATURES + 1);
  if (signatures.length > MOST_SIGNATURES || !signatures.every((text) => SIGNATURE.test(text))) {
    throw new WebhookVerificationError('signature-malformed');
  }
  return signatures;
}
