import { headerName } from './header.name.js';
import { InvalidSecretError } from './invalid-secret.error.js';
import type { SignatureScheme } from './signature.scheme.js';
import type { KeyPurpose, SigningKey } from './signing-key.js';
import { standardWebhooks } from './standard-webhooks.scheme.js';

/** One secret, or several of which the newest stands first. */
export type SecretChoice =
  | { readonly secret: string; readonly secrets?: undefined }
  | { readonly secrets: readonly string[]; readonly secret?: undefined };

/** What signing and verifying have in common. */
export interface SchemeOptions {
  /**
   * How requests are signed.
   * @default standardWebhooks()
   */
  readonly scheme?: SignatureScheme;
  /**
   * Beginning of the names of the webhook headers.
   * @default 'webhook-'
   */
  readonly headerPrefix?: string;
}

/** Milliseconds that a timestamp may be away from the receiver's time: 5 minutes. */
export const DEFAULT_TOLERANCE = 300_000;

const DEFAULT_SCHEME = standardWebhooks();

/** The given scheme and prefix, checked and completed. */
export function resolveScheme(options: SchemeOptions): Required<SchemeOptions> {
  const { scheme = DEFAULT_SCHEME, headerPrefix = 'webhook-' } = options;
  return { scheme, headerPrefix: headerName(headerPrefix, 'headerPrefix') };
}

/**
 * The keys of the chosen secrets.
 *
 * @throws InvalidSecretError when there is none, or one the scheme cannot use
 */
export function keysOf(
  choice: SecretChoice,
  scheme: SignatureScheme,
  purpose: KeyPurpose,
): readonly SigningKey[] {
  const secrets = choice.secrets ?? [choice.secret];
  if (secrets.length === 0) {
    throw new InvalidSecretError(scheme.name, 'at least one secret');
  }
  return secrets.map((secret) => scheme.parseSecret(secret, purpose));
}
