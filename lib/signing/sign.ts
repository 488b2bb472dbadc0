import { InvalidSignatureOptionError } from './invalid-signature-option.error.js';
import { keysOf, resolveScheme, SchemeOptions, SecretChoice } from './signing.options.js';

/** Options of {@link sign}. */
export type SignOptions = SecretChoice &
  SchemeOptions & {
    /** Id of the event: `[A-Za-z0-9_-]`, up to 256 characters. */
    readonly id: string;
    /**
     * Unix seconds of the attempt.
     * @default the current time
     */
    readonly timestamp?: number;
    /** What is sent: exactly these bytes, or this text in UTF-8. */
    readonly body: string | Uint8Array;
  };

/**
 * Signs a webhook request.
 *
 * @returns the headers to send with it, by lower-case name
 * @throws InvalidSecretError when a secret is missing or not usable
 * @throws InvalidSignatureOptionError when another option is not valid
 */
export function sign(options: SignOptions): Record<string, string> {
  const { id, body, timestamp = Math.floor(Date.now() / 1000) } = options;
  const { scheme, headerPrefix } = resolveScheme(options);
  if (!/^[\w-]{1,256}$/.test(id)) {
    throw new InvalidSignatureOptionError('id', '1 to 256 letters, digits, "_" and "-"');
  }
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) {
    throw new InvalidSignatureOptionError('timestamp', 'whole seconds since the Unix epoch');
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return scheme.sign({ id, timestamp, body: bytes }, keysOf(options, scheme, 'sign'), headerPrefix);
}
