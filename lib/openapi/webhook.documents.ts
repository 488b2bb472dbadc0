import { isDeepStrictEqual } from 'node:util';
import type { OpenAPIObject, OperationObject } from '@nestjs/swagger';
import type { WebhookCatalog } from '../catalog/webhook.catalog.js';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import { placeOf } from '../catalog/webhook.stub.js';
import type { WebhookDocumentOptions } from './documentation.options.js';
import { documentStub, Schemas } from './documented.stub.js';
import type { DocumentedWire } from './documented.wire.js';
import { modelsOf } from './model.graph.js';
import { ModelNames } from './model.names.js';
import { webhookOperation } from './webhook.operation.js';

/** A webhook as the document describes it, and the schemas it refers to. */
export interface DocumentedWebhook {
  readonly definition: WebhookDefinition;
  readonly operation: OperationObject;
  readonly schemas: Schemas;
}

/** What was asked of a catalogue last, and the answer. */
interface Remembered {
  readonly asked: readonly unknown[];
  readonly webhooks: readonly DocumentedWebhook[];
}

// A rich stub costs milliseconds, and an app may build its document on every request for it.
const remembered = new WeakMap<WebhookCatalog, Remembered>();

/** Describes every webhook of an app; the second time the answer is remembered. */
export function documentWebhooks(
  catalog: WebhookCatalog,
  { openapi }: OpenAPIObject,
  wire: DocumentedWire,
  options: WebhookDocumentOptions,
): readonly DocumentedWebhook[] {
  const asked = [openapi, wire, options];
  const last = remembered.get(catalog);
  if (last && isDeepStrictEqual(last.asked, asked)) return last.webhooks;

  const webhooks = describeAll(catalog.list(), openapi, wire, options);
  remembered.set(catalog, { asked, webhooks });
  return webhooks;
}

function describeAll(
  definitions: readonly WebhookDefinition[],
  openapi: string,
  wire: DocumentedWire,
  options: WebhookDocumentOptions,
): DocumentedWebhook[] {
  const globals = globalParameters(openapi, options);
  const names = new ModelNames(openapi, options);
  return definitions.flatMap((definition) => {
    const stub = documentStub(definition, openapi, options);
    if (!stub) return [];
    // Only now: the plugin's metadata of a class appears when swagger first reads it.
    names.add(modelsOf(definition), placeOf(definition.host, definition.stub));
    const operation = webhookOperation(definition, stub, wire, globals);
    return [{ definition, operation, schemas: stub.schemas }];
  });
}

/** What `DocumentBuilder.addGlobalParameters()` adds to every route of the process. */
function globalParameters(
  openapi: string,
  options: WebhookDocumentOptions,
): OperationObject['parameters'] {
  class Probe {
    probe(): void {}
  }
  const probe = { type: 'probe', method: 'post', host: Probe, stub: 'probe' } as const;
  const stub = documentStub({ ...probe, body: { kind: 'none' } }, openapi, options);
  return stub?.operation.parameters;
}
