import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from 'node:crypto';
import { InvalidSecretError } from './invalid-secret.error.js';
import { SHORTEST_SECRET, LONGEST_SECRET } from './secret.factory.js';
import type { SigningKey } from './signing-key.js';

export const STANDARD_WEBHOOKS = 'standard-webhooks';

const EXPECTED = 'whsec_ (24 to 64 bytes), whsk_ (64 bytes) or whpk_ (32 bytes) and padded base64';
const SEED_BYTES = 32;
// RFC 8410: what stands before the 32 bytes of an ed25519 key in PKCS #8 and in SPKI.
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Reads a secret as Standard Webhooks writes it: `whsec_` for HMAC; `whsk_` (seed and public key) and
 * `whpk_` (public key) for ed25519.
 *
 * @throws InvalidSecretError when it is anything else
 */
export function parseStandardWebhooksSecret(secret: string): SigningKey {
  const [, prefix, base64] = /^(whsec_|whsk_|whpk_)(.+)$/.exec(secret) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  // Node's decoder skips what is not base64, so only text that encodes back to itself is accepted.
  if (bytes.toString('base64') === base64) {
    if (prefix === 'whsec_' && bytes.length >= SHORTEST_SECRET && bytes.length <= LONGEST_SECRET) {
      return { algorithm: 'hmac-sha256', key: createSecretKey(bytes) };
    }
    if (prefix === 'whsk_' && bytes.length === 2 * SEED_BYTES) {
      return { algorithm: 'ed25519', key: privateKey(bytes) };
    }
    if (prefix === 'whpk_' && bytes.length === SEED_BYTES) {
      return { algorithm: 'ed25519', key: publicKey(bytes) };
    }
  }
  throw new InvalidSecretError(STANDARD_WEBHOOKS, EXPECTED);
}

function privateKey(bytes: Buffer): KeyObject {
  const der = Buffer.concat([PRIVATE_PREFIX, bytes.subarray(0, SEED_BYTES)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  if (!createPublicKey(key).equals(publicKey(bytes.subarray(SEED_BYTES)))) {
    throw new InvalidSecretError(STANDARD_WEBHOOKS, EXPECTED);
  }
  return key;
}

function publicKey(bytes: Buffer): KeyObject {
  const der = Buffer.concat([PUBLIC_PREFIX, bytes]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}
