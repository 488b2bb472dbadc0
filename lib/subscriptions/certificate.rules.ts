import { createSecureContext } from 'node:tls';
import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import type { ClientCertificate } from '../store/subscription-credentials.record.js';

const LONGEST_PEM = 65_536;

/**
 * A client certificate and its key, which belong together.
 * @throws InvalidArgumentError, without what was given
 */
export function checkedCertificate(given: unknown): ClientCertificate {
  const { cert, key }: Partial<Record<keyof ClientCertificate, unknown>> =
    typeof given === 'object' && given !== null ? given : {};
  if (!isPem(cert) || !isPem(key)) {
    throw new InvalidArgumentError(
      'clientCertificate',
      'Give `cert` and `key` as PEM texts, beginning with "-----BEGIN".',
    );
  }
  try {
    createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  } catch {
    throw new InvalidArgumentError(
      'clientCertificate',
      'Give a certificate in PEM and the private key that belongs to it, not encrypted.',
    );
  }
  return { cert, key };
}

function isPem(text: unknown): text is string {
  return typeof text === 'string' && text.length <= LONGEST_PEM && text.includes('-----BEGIN ');
}
