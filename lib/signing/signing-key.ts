import type { KeyObject } from 'node:crypto';

/** What a key is wanted for: a public key can only verify. */
export type KeyPurpose = 'sign' | 'verify';

/** A secret made ready for signing: decoded once, used for every request. */
export interface SigningKey {
  readonly algorithm: 'hmac-sha256' | 'ed25519';
  readonly key: KeyObject;
}
