/** What the OpenAPI document must know of how webhooks are sent. */
export interface DocumentedWire {
  /** What the request body is: the payload itself, or `{ type, timestamp, data }` around it. */
  readonly envelope: 'none' | 'standard';
  /** Beginning of the names of the webhook headers, such as `webhook-`. */
  readonly headerPrefix: string;
  /** The headers that the signature schemes send, each with an example of its value. */
  readonly signatureHeaders: Readonly<Record<string, string>>;
}
