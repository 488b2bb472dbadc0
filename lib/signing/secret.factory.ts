import { randomBytes } from 'node:crypto';
import { InvalidSignatureOptionError } from './invalid-signature-option.error.js';

/** Bytes of a `whsec_` secret, as Standard Webhooks 1.0.0 limits them. */
export const SHORTEST_SECRET = 24;
export const LONGEST_SECRET = 64;

/**
 * Makes a secret: `whsec_` and the base64 of its bytes. Every scheme accepts it.
 *
 * @param bytes 24 to 64 random bytes; 32 of the operating system's by default
 * @throws InvalidSignatureOptionError when there are fewer or more
 */
export function createSecret(bytes: Uint8Array = randomBytes(32)): string {
  if (bytes.length < SHORTEST_SECRET || bytes.length > LONGEST_SECRET) {
    throw new InvalidSignatureOptionError(
      'bytes',
      `${SHORTEST_SECRET} to ${LONGEST_SECRET} random bytes`,
    );
  }
  return `whsec_${Buffer.from(bytes).toString('base64')}`;
}
