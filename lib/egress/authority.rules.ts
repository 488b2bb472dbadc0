import { X509Certificate } from 'node:crypto';
import { InvalidEgressOptionError } from './invalid-egress-option.error.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The option `egress.ca`: each entry one or more certificates in PEM.
 * @throws InvalidEgressOptionError, which does not repeat the entry: it may be a private key by mistake
 */
export function checkedAuthorities(entries: readonly unknown[] = []): readonly string[] {
  const list: readonly unknown[] = Array.isArray(entries) ? entries : [entries];
  return list.flatMap((entry, index) => {
    const found = typeof entry === 'string' ? (entry.match(CERTIFICATE) ?? []) : [];
    if (found.length > 0 && found.every(isCertificate)) return found;
    const remedy = 'Write certificates in PEM, such as readFileSync("ca.pem", "utf8").';
    throw new InvalidEgressOptionError(`ca[${index}]`, 'not a certificate', remedy);
  });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
