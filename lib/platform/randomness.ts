/** Source of randomness for ids, secrets and jitter. */
export abstract class Randomness {
  /** `size` cryptographically strong random bytes. */
  abstract bytes(size: number): Uint8Array;

  /** A number in `[0, 1)`: for jitter, not for secrets. */
  abstract fraction(): number;
}
