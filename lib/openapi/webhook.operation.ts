import type { OperationObject, ResponsesObject } from '@nestjs/swagger';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import { withExample } from './declared.example.js';
import type { DocumentedStub, ParameterName } from './documented.stub.js';
import type { DocumentedWire } from './documented.wire.js';
import { wrapBody } from './envelope.schema.js';
import { wireHeaders } from './wire.headers.js';

const ACKNOWLEDGED = { description: 'Acknowledges the event. Any other answer is tried again.' };
const GONE = { description: 'Unsubscribes: the subscription is disabled.' };

/**
 * Turns what swagger says of a stub as a route into what is sent to a subscription.
 *
 * @param globals the parameters that the app adds to every route, which webhooks do not carry
 */
export function webhookOperation(
  definition: WebhookDefinition,
  stub: DocumentedStub,
  wire: DocumentedWire,
  globals: OperationObject['parameters'],
): OperationObject {
  const { operation } = stub;
  const body = sentBody(definition, stub, wire.envelope);
  return {
    ...operation,
    parameters: parametersOf(definition, stub, wire, globals),
    ...(body && { requestBody: body }),
    ...(definition.deprecated && { deprecated: true }),
    responses: responsesOf(stub),
    // Without it the document's own security, which is the app's, would hold for the receiver too.
    security: operation.security ?? [],
  };
}

/** The body as it is sent, with its examples. */
export function sentBody(
  definition: WebhookDefinition,
  { operation }: DocumentedStub,
  envelope: DocumentedWire['envelope'],
): OperationObject['requestBody'] {
  return wrapBody(withExample(operation.requestBody, definition), definition, envelope);
}

function parametersOf(
  definition: WebhookDefinition,
  { operation, parameters: declared }: DocumentedStub,
  wire: DocumentedWire,
  globals: OperationObject['parameters'],
): OperationObject['parameters'] {
  const own = operation.parameters?.filter(
    (one) =>
      declared.some((other) => isSame(one, other)) || !globals?.some((other) => isSame(one, other)),
  );
  const ours = wireHeaders(definition.type, wire).filter(
    (one) => !own?.some((other) => isSame(one, other)),
  );
  return [...(own ?? []), ...ours];
}

function isSame(one: object, other: object): boolean {
  return identityOf(one) === identityOf(other);
}

/** Header names are the same in any case. */
function identityOf(parameter: object): string {
  const { in: place, name }: ParameterName = parameter;
  return `${place} ${name?.toLowerCase()}`;
}

function responsesOf({ operation, responses: declared }: DocumentedStub): ResponsesObject {
  const own = Object.entries(operation.responses).filter(
    ([status, response]) => declared.has(status) && !isInvented(status, response, operation),
  );
  const acknowledges = own.some(([status]) => /^2(?:\d\d|XX)$/i.test(status));
  return {
    ...(!acknowledges && { '2XX': ACKNOWLEDGED }),
    '410': GONE,
    ...Object.fromEntries(own),
  };
}

/**
 * The plugin gives every method a 200 or 201, as if it were a route: a bare one, or in its read-only
 * mode one that repeats the operation's description.
 */
function isInvented(
  status: string,
  response: object | undefined,
  operation: OperationObject,
): boolean {
  const { description, ...rest }: { readonly description?: string } = response ?? {};
  const silent = !description || description === operation.description;
  return /^20[01]$/.test(status) && silent && Object.keys(rest).length === 0;
}
