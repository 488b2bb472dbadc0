import type { KeyPurpose, SigningKey } from './signing-key.js';

/** What is signed: one request of one event. */
export interface SignatureInput {
  /** Id of the event: the `webhook-id` header. */
  readonly id: string;
  /** Unix seconds of the attempt: the `webhook-timestamp` header. */
  readonly timestamp: number;
  /** The exact bytes sent. */
  readonly body: Uint8Array;
}

/** Header values by lower-case name; an array where a header was sent more than once. */
export type SignedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A received request, as a scheme needs it. */
export interface SignedRequest {
  readonly headers: SignedHeaders;
  /** The exact bytes received. */
  readonly body: Uint8Array;
}

/** How strictly a request is verified. */
export interface VerificationOptions {
  /** Beginning of the header names: `webhook-` by default. */
  readonly headerPrefix: string;
  /** Milliseconds that the timestamp may be away from `now`, for schemes that have one. */
  readonly tolerance: number;
  /** The receiver's time in milliseconds since the Unix epoch. */
  readonly now: number;
}

/** What a verified request says of itself. */
export interface VerifiedWebhook {
  /** Id of the event: the same for every repeat of it. Null when the request carries none. */
  readonly id: string | null;
  /** Unix seconds of the attempt; null when the scheme has none. */
  readonly timestamp: number | null;
}

/** A way of signing requests and of checking them: a port, so that an app can add its own. */
export interface SignatureScheme {
  /** For error messages. */
  readonly name: string;

  /**
   * Makes the key of a secret.
   *
   * @param purpose what the key is wanted for; `sign` by default
   * @throws InvalidSecretError when the scheme cannot use the secret so
   */
  parseSecret(secret: string, purpose?: KeyPurpose): SigningKey;

  /**
   * The headers that prove the request, by lower-case name.
   *
   * @param keys at least one, newest first; each of them proves the request where the scheme's header
   * can hold several signatures, otherwise the newest does
   */
  sign(
    input: SignatureInput,
    keys: readonly SigningKey[],
    headerPrefix: string,
  ): Record<string, string>;

  /**
   * Checks a received request against the keys, of which one has to match.
   *
   * @throws WebhookVerificationError for every mismatch
   */
  verify(
    request: SignedRequest,
    keys: readonly SigningKey[],
    options: VerificationOptions,
  ): VerifiedWebhook;
}
