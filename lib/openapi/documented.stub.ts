import type { INestApplication, Type } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { DECORATORS, OpenAPIObject, OperationObject, SwaggerModule } from '@nestjs/swagger';
import { readApiBody } from '../catalog/api-body.reader.js';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import { placeOf } from '../catalog/webhook.stub.js';
import type { WebhookDocumentOptions } from './documentation.options.js';
import { documentedClass } from './documented.class.js';
import { UndocumentedBodyError } from './undocumented-body.error.js';

/** The schemas of a document by name. */
export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** What tells one parameter from another. */
export interface ParameterName {
  readonly name?: string;
  readonly in?: string;
}

/** What @nestjs/swagger says of one stub, as if it were a route. */
export interface DocumentedStub {
  readonly operation: OperationObject;
  readonly schemas: Schemas;
  /** Statuses of the answers that decorators declare; swagger invents others. */
  readonly responses: ReadonlySet<string>;
  /** Header, query and cookie parameters that decorators declare; the app's global ones are others. */
  readonly parameters: readonly ParameterName[];
}

/**
 * Asks @nestjs/swagger what it makes of a stub; undefined when the stub excludes itself with
 * `@ApiExcludeEndpoint()` or `@ApiExcludeController()`.
 * @throws UndocumentedBodyError when its Standard Schema cannot be converted
 */
export function documentStub(
  definition: WebhookDefinition,
  openapi: string,
  options: WebhookDocumentOptions,
): DocumentedStub | undefined {
  const { type, handler } = documentedClass(definition);
  const document = documentClass(type, openapi, options);
  const operation = document.webhooks?.[definition.stub]?.[definition.method];
  if (!operation) return undefined;

  refuseUnconverted(definition, options);
  const ofClass: unknown = Reflect.getMetadata(DECORATORS.API_RESPONSE, type);
  const ofMethod: unknown = Reflect.getMetadata(DECORATORS.API_RESPONSE, handler);
  return {
    operation,
    schemas: document.components?.schemas ?? {},
    responses: new Set([...Object.keys(ofClass ?? {}), ...Object.keys(ofMethod ?? {})]),
    parameters: [
      ...(Reflect.getMetadata(DECORATORS.API_HEADERS, type) ?? []),
      ...(Reflect.getMetadata(DECORATORS.API_PARAMETERS, handler) ?? []),
    ],
  };
}

/** The document of one class alone, without the app's prefix, versions and tags. */
export function documentClass(
  type: Type,
  openapi: string,
  options: WebhookDocumentOptions,
): OpenAPIObject {
  const controllers = new Map([[type, { instance: new type(), metatype: type }]]);
  const module = { controllers, metatype: type, imports: new Set() };
  // Of an app, swagger reads these three members only.
  const view: INestApplication = Object.assign(Object.create(null), {
    container: { getModules: () => new Map([['webhooks', module]]) },
    config: new ApplicationConfig(),
    getHttpAdapter: () => ({ getType: () => 'webhooks' }),
  });
  const config = { openapi, info: { title: '', version: '' } };
  return SwaggerModule.createDocument(view, config, { ...options, autoTagControllers: false });
}

/** Without a conversion swagger would document a schema named `Object`. */
function refuseUnconverted(
  { host, stub, body }: WebhookDefinition,
  { standardSchemaConverter }: WebhookDocumentOptions,
): void {
  if (body.kind !== 'schema') return;
  const described = readApiBody(host.prototype[stub]);
  if (described && described !== 'silent') return;
  const standard: object = body.schema['~standard'];
  const { jsonSchema }: { readonly jsonSchema?: { readonly input?: unknown } } = standard;
  const converted = standardSchemaConverter?.(body.schema, { schemaType: 'input' });
  if (!converted && typeof jsonSchema?.input !== 'function') {
    throw new UndocumentedBodyError(placeOf(host, stub));
  }
}
