import type { SigningKey } from './signing-key.js';

/** What is signed: one request of one event. */
export interface SignatureInput {
  /** Id of the event: the `webhook-id` header. */
  readonly id: string;
  /** Unix seconds of the attempt: the `webhook-timestamp` header. */
  readonly timestamp: number;
  /** The exact bytes sent. */
  readonly body: Uint8Array;
}

/** A received request, as a scheme needs it. */
export interface SignedRequest {
  /** Header values by lower-case name; an array where a header was sent more than once. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The exact bytes received. */
  readonly body: Uint8Array;
}

/** How strictly a request is verified. */
export interface VerifyOptions {
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
   * @throws InvalidSecretError when the scheme cannot use it
   */
  parseSecret(secret: string): SigningKey;

  /**
   * The headers that prove the request, by lower-case name. With several keys each of them proves it,
   * the first being the newest.
   */
  sign(
    input: SignatureInput,
    keys: readonly SigningKey[],
    headerPrefix: string,
  ): Record<string, string>;

  /**
   * Checks a received request against the keys.
   * @throws WebhookVerificationError for every mismatch
   */
  verify(
    request: SignedRequest,
    keys: readonly SigningKey[],
    options: VerifyOptions,
  ): VerifiedWebhook;
}
