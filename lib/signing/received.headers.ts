import type { SignedHeaders, VerificationOptions } from './signature.scheme.js';
import { WebhookVerificationError } from './webhook-verification.error.js';

const LONGEST_HEADER = 4096;
// Printable ASCII without the `.` that ends an id in the signed content, and without the `,` by which
// a proxy joins a header that was sent twice.
const ID = /^[!-+\-/-~]{1,256}$/;
const TIMESTAMP = /^[0-9]{1,11}$/;

/**
 * The one value of a header.
 *
 * @throws WebhookVerificationError when it is missing, empty, sent twice or over 4096 characters
 */
export function readHeader(headers: SignedHeaders, name: string): string {
  const value = headers[name];
  if (typeof value === 'object' && value.length > 1) {
    throw new WebhookVerificationError('header-duplicated');
  }
  const text = typeof value === 'object' ? value[0] : value;
  if (typeof text !== 'string' || text === '') {
    throw new WebhookVerificationError('header-missing');
  }
  if (text.length > LONGEST_HEADER) {
    throw new WebhookVerificationError('header-too-long');
  }
  return text;
}

/**
 * The event's id: printable, up to 256 characters, without `.` and `,`.
 *
 * @throws WebhookVerificationError when it is anything else
 */
export function readId(headers: SignedHeaders, name: string): string {
  const id = readHeader(headers, name);
  if (!ID.test(id)) {
    throw new WebhookVerificationError('id-malformed');
  }
  return id;
}

/** The event's id where a scheme neither signs nor demands one; null without the header. */
export function readOptionalId(headers: SignedHeaders, name: string): string | null {
  return headers[name] === undefined ? null : readId(headers, name);
}

/**
 * Whole seconds of a timestamp that lies within the tolerance.
 *
 * @throws WebhookVerificationError when it does not, or is not plain digits
 */
export function checkTimestamp(text: string, options: VerificationOptions): number {
  if (!TIMESTAMP.test(text)) {
    throw new WebhookVerificationError('timestamp-malformed');
  }
  const timestamp = Number(text);
  const age = (Math.floor(options.now / 1000) - timestamp) * 1000;
  // Negated, so that a tolerance or a time that is not a number refuses all and accepts none.
  if (!(Math.abs(age) <= options.tolerance)) {
    throw new WebhookVerificationError(age < 0 ? 'timestamp-too-new' : 'timestamp-too-old');
  }
  return timestamp;
}
