import type { KeyObject } from 'node:crypto';

/** A secret made ready for signing: decoded once, used for every request. */
export interface SigningKey {
  readonly algorithm: 'hmac-sha256' | 'ed25519';
  readonly key: KeyObject;
}
