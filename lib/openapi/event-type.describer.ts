import { isDeepStrictEqual } from 'node:util';
import type { OperationObject, RequestBodyObject } from '@nestjs/swagger';
import type { WebhookCatalog } from '../catalog/webhook.catalog.js';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import { placeOf } from '../catalog/webhook.stub.js';
import type { WebhookDocumentOptions } from './documentation.options.js';
import { documentStub } from './documented.stub.js';
import type { DocumentedWire } from './documented.wire.js';
import type { EventTypeInfo } from './event-type.info.js';
import { frozenCopy } from './frozen.copy.js';
import { toJsonSchema } from './json.schema.js';
import { modelsOf } from './model.graph.js';
import { ModelNames } from './model.names.js';
import { sentBody } from './webhook.operation.js';

type Media = RequestBodyObject['content'][string];

const OPENAPI = '3.1.0';
const NO_OPTIONS: WebhookDocumentOptions = {};

/** Describes the declared webhooks by themselves, without a document of the application. */
export class EventTypeDescriber {
  private last:
    | { readonly options: WebhookDocumentOptions; readonly infos: readonly EventTypeInfo[] }
    | undefined;

  constructor(
    private readonly catalog: WebhookCatalog,
    private readonly envelope: DocumentedWire['envelope'],
  ) {}

  /**
   * Every declared webhook but those hidden from the document, in order of their names. Made when it
   * is first asked for, remembered, and frozen.
   */
  describe(options: WebhookDocumentOptions = NO_OPTIONS): readonly EventTypeInfo[] {
    if (!this.last || !isDeepStrictEqual(this.last.options, options)) {
      const infos = this.catalog.list().flatMap((definition) => this.infoOf(definition, options));
      infos.sort((a, b) => compare(a.name, b.name));
      this.last = { options, infos: frozenCopy(infos) };
    }
    return this.last.infos;
  }

  private infoOf(definition: WebhookDefinition, options: WebhookDocumentOptions): EventTypeInfo[] {
    const stub = documentStub(definition, OPENAPI, options);
    if (!stub) return [];
    // Of this webhook alone: a schema that stands alone shares no name with another's.
    const names = new ModelNames(OPENAPI, options);
    names.add(modelsOf(definition), placeOf(definition.host, definition.stub));

    const { summary, description, deprecated }: OperationObject = stub.operation;
    const media = mediaOf(sentBody(definition, stub, this.envelope));
    const example = media && exampleOf(media);
    return [
      {
        name: definition.type,
        method: definition.method,
        summary: summary ?? '',
        description: description ?? '',
        deprecated: deprecated === true || definition.deprecated === true,
        ...(example !== undefined && { example }),
        schema: media ? toJsonSchema(media.schema ?? {}, stub.schemas) : null,
      },
    ];
  }
}

function mediaOf(body: OperationObject['requestBody']): Media | undefined {
  return body && 'content' in body ? Object.values(body.content)[0] : undefined;
}

function exampleOf({ example, examples }: Media): unknown {
  if (example !== undefined) return example;
  const values = Object.values(examples ?? {}).flatMap((one) =>
    'value' in one ? [one.value] : [],
  );
  return values[0];
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
