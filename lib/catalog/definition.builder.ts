import { WEBHOOK_METHODS } from '../store/webhook-method.js';
import { readOptions } from './declaration-options.reader.js';
import { DuplicateWebhookError } from './duplicate-webhook.error.js';
import { isEventType, RESERVED_PREFIX } from './event-type.js';
import { InvalidEventTypeError } from './invalid-event-type.error.js';
import { InvalidWebhookMethodError } from './invalid-webhook-method.error.js';
import { InvalidWebhookStubError } from './invalid-webhook-stub.error.js';
import { ReservedEventTypeError } from './reserved-event-type.error.js';
import { readBody } from './webhook-body.reader.js';
import type { WebhookDefinition } from './webhook.definition.js';
import { placeOf, WebhookStub } from './webhook.stub.js';

/**
 * Turns stubs into definitions, in their order.
 * @throws WebhooksError for the first mistake, naming class and method
 */
export function buildDefinitions(stubs: readonly WebhookStub[]): WebhookDefinition[] {
  const places = new Map<string, string>();
  return stubs.map((stub) => {
    const definition = buildDefinition(stub);
    const { type, method } = definition;
    const place = placeOf(stub.host, stub.name);
    const key = `${method} ${type}`;
    const earlier = places.get(key);
    if (earlier) throw new DuplicateWebhookError(type, method, earlier, place);
    places.set(key, place);
    return definition;
  });
}

function buildDefinition(stub: WebhookStub): WebhookDefinition {
  const { host, name, declarations } = stub;
  const place = placeOf(host, name);
  const [declaration, second] = declarations;
  if (!declaration || second) {
    throw new InvalidWebhookStubError(
      place,
      'carries @Webhook() twice',
      'write one stub for each event type and method',
    );
  }

  const { type, method, options } = declaration;
  if (!isEventType(type)) throw InvalidEventTypeError.declaredBy(place, type);
  if (type.startsWith(RESERVED_PREFIX)) throw new ReservedEventTypeError(place, type);
  if (!WEBHOOK_METHODS.includes(method)) throw new InvalidWebhookMethodError(place, method);
  return Object.freeze({
    type,
    method,
    host,
    stub: name,
    body: readBody(stub),
    ...readOptions(place, options),
  });
}
