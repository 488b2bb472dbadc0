import { createHash } from 'node:crypto';
import type { ClientCertificate } from '../store/subscription-credentials.record.js';

/** A client certificate under a name that tells it from others without giving anything away. */
export interface ClientIdentity {
  readonly id: string;
  readonly certificate: ClientCertificate;
}

/** Who this side is on a connection; null for nobody in particular. */
export function identityOf(
  certificate: ClientCertificate | null | undefined,
): ClientIdentity | null {
  if (!certificate) return null;
  const hash = createHash('sha256');
  for (const part of [certificate.cert, certificate.key]) hash.update(part).update('\0');
  return { id: hash.digest('base64'), certificate };
}
