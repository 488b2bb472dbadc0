/**
 * Base of every error this package throws.
 *
 * `code` is stable over releases and safe to branch on; `message` names what is wrong and ends with
 * the remedy. No error of this package holds a secret, a payload or a signature.
 */
export abstract class WebhooksError extends Error {
  /** Stable identifier, for example `WEBHOOKS_UNKNOWN_EVENT_TYPE`. */
  abstract readonly code: string;

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}
