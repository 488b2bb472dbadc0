import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { verify } from '../signing/index.js';
import type { ReceivedRequest, WebhookReceiver } from './webhook.receiver.js';

/** What a receiver should have got. */
export interface ExpectedWebhook {
  readonly eventType: string;
  /** The body as parsed JSON; any when left out. */
  readonly payload?: unknown;
  /** How often exactly, repeats of one event included. @default at least once */
  readonly times?: number;
  /** The subscription's secret: the signature is verified too. */
  readonly secret?: string;
  /** Beginning of the header names. @default 'webhook-' */
  readonly headerPrefix?: string;
}

// The receiver's clock may be a fake one's, so age says nothing here.
const ANY_AGE = Number.MAX_SAFE_INTEGER;

/**
 * Asserts that a receiver has got a webhook, for any test runner. Wait for it first, with
 * `receiver.received(…)`.
 *
 * @returns the requests that fit
 * @throws AssertionError that names what arrived instead
 * @throws WebhookVerificationError when the signature is not of the secret
 */
export function expectSent(
  receiver: WebhookReceiver,
  expected: ExpectedWebhook,
): readonly ReceivedRequest[] {
  const { eventType, times, secret, headerPrefix = 'webhook-' } = expected;
  const typeOf = ({ headers }: ReceivedRequest): string | undefined =>
    headers[`${headerPrefix}event`];
  const ofType = receiver.requests.filter((request) => typeOf(request) === eventType);
  const found =
    'payload' in expected ? ofType.filter((one) => hasPayload(one, expected.payload)) : ofType;
  if (times === undefined ? found.length === 0 : found.length !== times) {
    throw new AssertionError({
      message: `Expected "${eventType}" ${times ?? 'at least 1'} time(s), found ${found.length}.`,
      expected,
      actual: receiver.requests.map((one) => ({ eventType: typeOf(one), payload: payloadOf(one) })),
      stackStartFn: expectSent,
    });
  }
  if (secret !== undefined) {
    for (const { headers, body } of found) {
      verify({ secret, headers, body, headerPrefix, tolerance: ANY_AGE });
    }
  }
  return found;
}

/** Compares as JSON: dates, for one, are texts by then. */
function hasPayload(request: ReceivedRequest, payload: unknown): boolean {
  return isDeepStrictEqual(payloadOf(request), JSON.parse(JSON.stringify(payload)));
}

/** The body as JSON, or as text when it is none. */
function payloadOf({ body }: ReceivedRequest): unknown {
  const text = body.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
