/** A key for what is encrypted in a database: secrets and custom header values. */
export interface EncryptionKey {
  /**
   * Names the key beside what it encrypted: 1 to 64 letters, digits, `_`, `-` or `.`. A new key needs a
   * new id.
   */
  readonly id: string;
  /** 32 random bytes. */
  readonly key: Uint8Array;
}
