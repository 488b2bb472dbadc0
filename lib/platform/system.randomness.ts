import { randomBytes } from 'node:crypto';
import { Randomness } from './randomness.js';

/** The operating system's generator: the default {@link Randomness}. */
export class SystemRandomness extends Randomness {
  bytes(size: number): Uint8Array {
    return randomBytes(size);
  }

  fraction(): number {
    return Math.random();
  }
}
