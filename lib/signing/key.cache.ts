import { LRUCache } from 'lru-cache';
import type { SigningKey } from './signing-key.js';

const MOST_KEYS = 4096;

/** Remembers the keys of the secrets used last, so that signing costs no decoding. */
export class KeyCache {
  private readonly keys = new LRUCache<string, SigningKey>({ max: MOST_KEYS });

  /** @param parse makes the key of a secret; what it throws is not remembered */
  constructor(private readonly parse: (secret: string) => SigningKey) {}

  get(secret: string): SigningKey {
    let key = this.keys.get(secret);
    if (key === undefined) {
      key = this.parse(secret);
      this.keys.set(secret, key);
    }
    return key;
  }
}
