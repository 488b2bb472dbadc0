import { createHash } from 'node:crypto';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import { PayloadTooLargeError } from './payload-too-large.error.js';
import { PayloadValidationError } from './payload-validation.error.js';

/** What a {@link BodySerializer} needs of the module's options. */
export interface BodyOptions {
  readonly envelope: 'none' | 'standard';
  readonly bodyLimit: number;
}

/** Makes the bytes of a request body, once per event. */
export class BodySerializer {
  constructor(private readonly options: BodyOptions) {}

  /**
   * The bytes that are signed and sent.
   * @param data plain data; `undefined` for a stub without a body
   * @throws PayloadValidationError when it cannot be written as JSON
   * @throws PayloadTooLargeError over `bodyLimit`
   */
  serialize({ type }: WebhookDefinition, data: unknown, occurredAt: number): Buffer {
    const content =
      this.options.envelope === 'standard'
        ? { type, timestamp: new Date(occurredAt).toISOString(), data }
        : data;
    const body = Buffer.from(content === undefined ? '' : toJson(type, content));
    const { bodyLimit } = this.options;
    if (body.length > bodyLimit) throw new PayloadTooLargeError(type, body.length, bodyLimit);
    return body;
  }

  /** The payload of a body that this serializer made, as a receiver reads it. */
  payloadOf(body: Buffer): unknown {
    if (body.length === 0) return undefined;
    const content: unknown = JSON.parse(body.toString());
    return this.options.envelope === 'standard' ? (content as { data?: unknown }).data : content;
  }

  /** Tells a repeated event from another one with the same idempotency key. */
  fingerprint({ type, method }: WebhookDefinition, data: unknown): string {
    const json = data === undefined ? '' : toJson(type, data);
    return createHash('sha256').update(`${type}\n${method}\n${json}`).digest('base64url');
  }
}

function toJson(type: string, content: unknown): string {
  const problem = 'cannot be written as JSON';
  let json: string | undefined;
  try {
    json = JSON.stringify(content);
  } catch (cause) {
    throw new PayloadValidationError(type, [{ field: '', problem }], { cause });
  }
  if (json === undefined) throw new PayloadValidationError(type, [{ field: '', problem }]);
  return json;
}
