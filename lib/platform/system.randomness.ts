import { randomBytes } from 'node:crypto';
import { Randomness } from './randomness.js';

// A call costs about as much as signing a request, whether for the bytes of one id or of hundreds.
const POOL = 4_096;
const MOST_OF_POOL = 16;

/** The operating system's generator: the default {@link Randomness}. */
export class SystemRandomness extends Randomness {
  private pool = new Uint8Array(0);
  private used = 0;

  bytes(size: number): Uint8Array {
    // What is to stay secret must not lie about in a pool.
    if (size > MOST_OF_POOL) return randomBytes(size);
    if (this.used + size > this.pool.length) {
      this.pool = randomBytes(POOL);
      this.used = 0;
    }
    this.used += size;
    return this.pool.subarray(this.used - size, this.used);
  }

  fraction(): number {
    return Math.random();
  }
}
