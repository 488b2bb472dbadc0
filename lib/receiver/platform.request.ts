import type { SignedHeaders } from '../signing/signature.scheme.js';
import { WebhookVerificationError } from '../signing/webhook-verification.error.js';
import { RawBodyMissingError } from './raw-body-missing.error.js';

/** What Express's and Fastify's requests have in common, and the two places where they keep the rest. */
export interface PlatformRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly params?: unknown;
  readonly body?: unknown;
  readonly rawBody?: unknown;
  /** Express: names and values as they came in. */
  readonly rawHeaders?: readonly string[];
  /** Fastify: Node's request. */
  readonly raw?: { readonly rawHeaders: readonly string[] };
  /** Express: the matched route. */
  readonly route?: { readonly path: string };
  /** Fastify: the matched route. */
  readonly routeOptions?: { readonly url?: string };
}

// The types of which Nest keeps the bytes with `rawBody: true`.
const KEPT_TYPE = /^application\/(json|x-www-form-urlencoded)\s*(;|$)/i;

/**
 * Every value of every header. Node's own `headers` joins what was sent twice, which hides it.
 */
export function receivedHeaders(request: PlatformRequest): SignedHeaders {
  const raw = request.raw?.rawHeaders ?? request.rawHeaders ?? [];
  const result: Record<string, string[]> = Object.create(null);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name, value] = [String(raw[index]).toLowerCase(), String(raw[index + 1])];
    (result[name] ??= []).push(value);
  }
  return result;
}

/**
 * The bytes of the body as they were received; none for a request without a body.
 *
 * @throws RawBodyMissingError when the application has parsed the body and not kept its bytes
 * @throws WebhookVerificationError when nothing has read the body, as its content type is another
 */
export function receivedBody(request: PlatformRequest): Uint8Array {
  const { rawBody, body, headers } = request;
  if (rawBody instanceof Uint8Array) {
    return rawBody;
  }
  // Only the application can cause this: a sender's odd content type must not look like its mistake.
  if (body !== undefined && body !== null && KEPT_TYPE.test(String(headers['content-type']))) {
    throw new RawBodyMissingError();
  }
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) {
    return new Uint8Array();
  }
  throw new WebhookVerificationError('body-unavailable');
}

/** The route that was matched, and the values of its parameters. */
export function receivedRoute(request: PlatformRequest): string {
  const pattern = request.route?.path ?? request.routeOptions?.url ?? '';
  return `${pattern} ${JSON.stringify(request.params ?? {})}`;
}
