import type { OpenAPIObject } from '@nestjs/swagger';
import type { WebhookCatalog } from '../catalog/webhook.catalog.js';
import { placeOf } from '../catalog/webhook.stub.js';
import type { WebhookDocumentOptions } from './documentation.options.js';
import type { Schemas } from './documented.stub.js';
import type { DocumentedWire } from './documented.wire.js';
import { OpenApiVersionError } from './openapi-version.error.js';
import { OperationIds } from './operation.ids.js';
import { plainCopy } from './plain.copy.js';
import { isSameSchema } from './schema.comparison.js';
import { SchemaNameConflictError } from './schema-name-conflict.error.js';
import { WebhookClashError } from './webhook-clash.error.js';
import { DocumentedWebhook, documentWebhooks } from './webhook.documents.js';

type Webhooks = NonNullable<OpenAPIObject['webhooks']>;

const NO_OPTIONS: WebhookDocumentOptions = {};

/**
 * A new document with the app's webhooks added: `webhooks`, and the schemas they use. The document
 * given is left as it is.
 *
 * @throws OpenApiVersionError when the document is not OpenAPI 3.1
 * @throws WebhookClashError when it has one of the webhooks already
 * @throws SchemaNameConflictError when two different schemas have one name
 * @throws UndocumentedBodyError when a body's Standard Schema cannot be turned into JSON Schema
 * @throws WebhooksError for every mistake of a declaration
 */
export function extendDocument(
  document: OpenAPIObject,
  catalog: WebhookCatalog,
  wire: DocumentedWire,
  options: WebhookDocumentOptions = NO_OPTIONS,
): OpenAPIObject {
  if (!isOpenApi31(document?.openapi)) throw new OpenApiVersionError(document?.openapi);

  const documented = documentWebhooks(catalog, document, wire, options);
  return {
    ...document,
    webhooks: mergeWebhooks(document, documented),
    components: { ...document.components, schemas: mergeSchemas(document, documented) },
  };
}

function isOpenApi31(version: unknown): boolean {
  return typeof version === 'string' && /^3\.1\.\d+$/.test(version);
}

function mergeWebhooks(
  document: OpenAPIObject,
  documented: readonly DocumentedWebhook[],
): Webhooks {
  const ids = new OperationIds(document);
  const merged = new Map(Object.entries(document.webhooks ?? {}));
  for (const { definition, operation } of documented) {
    const { host, stub, type, method } = definition;
    const item = merged.get(type) ?? {};
    if (method in item || '$ref' in item) {
      throw new WebhookClashError(placeOf(host, stub), type, method);
    }
    const operationId = ids.claim(operation.operationId ?? stub);
    merged.set(type, { ...item, [method]: { ...plainCopy(operation), operationId } });
  }
  return Object.fromEntries(merged);
}

function mergeSchemas(document: OpenAPIObject, documented: readonly DocumentedWebhook[]): Schemas {
  const places = new Map<string, string>();
  const merged = new Map(Object.entries(document.components?.schemas ?? {}));
  for (const { definition, schemas } of documented) {
    const place = placeOf(definition.host, definition.stub);
    for (const [name, schema] of Object.entries(schemas)) {
      const known = merged.get(name);
      if (known && !isSameSchema(known, schema)) {
        throw new SchemaNameConflictError(name, places.get(name) ?? 'The document', place);
      }
      if (known) continue;
      places.set(name, place);
      merged.set(name, plainCopy(schema));
    }
  }
  return Object.fromEntries(merged);
}
