import { BodyHmacScheme } from './body-hmac.scheme.js';
import type { SignatureScheme } from './signature.scheme.js';

/**
 * As GitHub signs: `X-Hub-Signature-256: sha256=…`, the hexadecimal HMAC-SHA256 of the body keyed with
 * the secret's whole text. A received id is `X-GitHub-Delivery`, or `webhook-id` without it.
 *
 * The header holds one signature: while a secret is being rotated it is the newest one's. Neither id
 * nor time is signed.
 */
export function github(): SignatureScheme {
  return new BodyHmacScheme({
    name: 'github',
    header: 'x-hub-signature-256',
    prefix: 'sha256=',
    idHeader: 'x-github-delivery',
  });
}
