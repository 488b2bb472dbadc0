import type { WebhookMethod } from '../store/webhook-method.js';
import type { JsonSchema } from './json.schema.js';

/** A declared webhook, for showing what can be subscribed to and what will come. */
export interface EventTypeInfo {
  /** Name of the event type; it comes again for each HTTP method it is declared with. */
  readonly name: string;
  readonly method: WebhookMethod;
  /** First line, as the OpenAPI document has it; empty without one. */
  readonly summary: string;
  /** Description, as the OpenAPI document has it; empty without one. */
  readonly description: string;
  /** Receivers should move to another event type. */
  readonly deprecated: boolean;
  /** A body as it is sent, envelope included; left out when none is declared. */
  readonly example?: unknown;
  /**
   * JSON Schema (draft 2020-12) of the body as it is sent, envelope included. It stands alone: what it
   * refers to is in its `$defs`. Null when the request has no body.
   */
  readonly schema: JsonSchema | null;
}
