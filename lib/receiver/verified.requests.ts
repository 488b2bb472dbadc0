import type { VerifiedWebhook } from '../signing/signature.scheme.js';

/** A request that the guard has verified. */
export interface VerifiedRequest {
  readonly webhook: VerifiedWebhook;
  /** Set once the request is being handled, so that a second interceptor lets it through. */
  handling: boolean;
}

// Kept beside the request and not on it, where a parsed body or another middleware could forge it.
const verified = new WeakMap<object, VerifiedRequest>();

/** Remembers for the interceptor that a request is verified. */
export function markVerified(request: object, webhook: VerifiedWebhook): void {
  verified.set(request, { webhook, handling: false });
}

/** What the guard has found; undefined for a request that it has not verified. */
export function verifiedRequest(request: object): VerifiedRequest | undefined {
  return verified.get(request);
}
