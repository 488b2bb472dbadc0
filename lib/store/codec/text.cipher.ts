import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { isUint8Array } from 'node:util/types';
import { InvalidArgumentError } from '../../platform/invalid-argument.error.js';
import type { EncryptionKey } from './encryption.key.js';

/** Why {@link TextCipher.open} gave no text. */
export type CipherFailure = 'unknown-key' | 'wrong-key';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[\w.-]{1,64}$/;
const SEALED = /^enc:v1:([\w.-]{1,64}):([A-Za-z0-9+/]+={0,2})$/;

/**
 * Encrypts texts with AES-256-GCM, as `enc:v1:<key id>:<nonce, tag and ciphertext in base64>`. Without
 * keys it leaves them as they are.
 */
export class TextCipher {
  private readonly keys: ReadonlyMap<string, Uint8Array>;
  private readonly first: EncryptionKey | undefined;

  /**
   * @param keys the first encrypts, each decrypts
   * @throws InvalidArgumentError for a key or an id that cannot be used
   */
  constructor(keys: readonly EncryptionKey[] = []) {
    keys.forEach(checkKey);
    this.keys = new Map(keys.map(({ id, key }) => [id, key]));
    if (this.keys.size < keys.length) {
      throw new InvalidArgumentError('encryptionKeys', 'Give each key an id of its own.');
    }
    this.first = keys[0];
  }

  /** The key that a stored text was encrypted with; null for one that is not encrypted. */
  static keyOf(stored: string): string | null {
    return SEALED.exec(stored)?.[1] ?? null;
  }

  /** Whether a stored text is as `seal` would store it now. */
  isCurrent(stored: string): boolean {
    return TextCipher.keyOf(stored) === (this.first?.id ?? null);
  }

  /** @param context what the text belongs to: it can be read only with the same */
  seal(text: string, context: string): string {
    if (this.first === undefined) return text;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.first.key, nonce);
    cipher.setAAD(Buffer.from(context));
    const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const bytes = Buffer.concat([nonce, cipher.getAuthTag(), hidden]);
    return `enc:v1:${this.first.id}:${bytes.toString('base64')}`;
  }

  /** The text, or why there is none. A text that is not encrypted is given as it is. */
  open(stored: string, context: string): { text: string } | { failure: CipherFailure } {
    const [, id, data] = SEALED.exec(stored) ?? [];
    if (id === undefined || data === undefined) return { text: stored };
    const key = this.keys.get(id);
    if (key === undefined) return { failure: 'unknown-key' };
    const bytes = Buffer.from(data, 'base64');
    const hiddenAt = NONCE_BYTES + TAG_BYTES;
    if (bytes.length < hiddenAt) return { failure: 'wrong-key' };
    try {
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, hiddenAt));
      const text = Buffer.concat([decipher.update(bytes.subarray(hiddenAt)), decipher.final()]);
      return { text: text.toString('utf8') };
    } catch {
      return { failure: 'wrong-key' };
    }
  }
}

function checkKey({ id, key }: EncryptionKey, index: number): void {
  if (typeof id !== 'string' || !KEY_ID.test(id)) {
    throw new InvalidArgumentError(
      `encryptionKeys[${index}].id`,
      'Give 1 to 64 letters, digits, "_", "-" or ".".',
    );
  }
  if (!isUint8Array(key) || key.length !== KEY_BYTES) {
    throw new InvalidArgumentError(
      `encryptionKeys[${index}].key`,
      'Give 32 random bytes, such as `Buffer.from(process.env.WEBHOOKS_KEY, "base64")`.',
    );
  }
}
