import { createSecretKey } from 'node:crypto';
import { InvalidSecretError } from './invalid-secret.error.js';
import type { SigningKey } from './signing-key.js';

// Neither control characters, of which a line break at the end of a file is the usual one, nor others
// that cannot be seen.
const PRINTABLE = /^\P{C}{16,1024}$/u;

/**
 * Reads a secret whose whole text, in UTF-8, is the key: how receivers without a library use it.
 *
 * @param scheme name of the signature scheme, for the error
 * @throws InvalidSecretError when it is not 16 to 1024 printable characters
 */
export function parseTextSecret(secret: string, scheme: string): SigningKey {
  if (typeof secret !== 'string' || !PRINTABLE.test(secret) || secret.trim() !== secret) {
    throw new InvalidSecretError(scheme, '16 to 1024 printable characters');
  }
  return { algorithm: 'hmac-sha256', key: createSecretKey(secret, 'utf8') };
}
