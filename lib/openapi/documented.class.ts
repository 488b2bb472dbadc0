import { RequestMapping, RequestMethod, Type } from '@nestjs/common';
import { PARAMTYPES_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ApiIncludeEndpoint, ApiWebhook, DECORATORS } from '@nestjs/swagger';
import type { WebhookBody, WebhookDefinition } from '../catalog/webhook.definition.js';
import type { WebhookMethod } from '../store/webhook-method.js';

// Where the plugin of @nestjs/swagger, in its read-only mode, keeps what it read from the sources.
const PLUGIN_METADATA = '_OPENAPI_METADATA_FACTORY';

const REQUEST_METHODS: Readonly<Record<WebhookMethod, RequestMethod>> = {
  post: RequestMethod.POST,
  put: RequestMethod.PUT,
  patch: RequestMethod.PATCH,
  delete: RequestMethod.DELETE,
};

// A webhook is sent as JSON whatever a decorator says, and the stub's own routing is not ours.
const NOT_COPIED = new Set<string>([DECORATORS.API_CONSUMES, DECORATORS.API_WEBHOOK]);
const COPIED = Object.values(DECORATORS).filter((key) => !NOT_COPIED.has(key));

/** A class made for @nestjs/swagger to read: one stub as if it were a route. */
export interface DocumentedClass {
  readonly type: Type;
  readonly handler: () => void;
}

/**
 * Makes a class with the stub as its only method: with the metadata of the stub and its class, and
 * what the router would need. It is registered nowhere. It does not extend the stub's class, because
 * @nestjs/swagger then reads metadata of methods which are not there.
 */
export function documentedClass(definition: WebhookDefinition): DocumentedClass {
  const { host, stub, method, body } = definition;
  const type: Type = named(class {}, host.name);
  const handler = named(() => undefined, stub);
  Object.defineProperty(type.prototype, stub, { value: handler, configurable: true });

  copyMetadata(host, type);
  copyMetadata(host.prototype[stub], handler);
  inheritExtensions(type, handler);
  copyPluginMetadata(host, type, stub);
  offerBody(type, stub, handler, body);

  const descriptor = { value: handler };
  RequestMapping({ path: '/', method: REQUEST_METHODS[method] })(type.prototype, stub, descriptor);
  ApiWebhook(stub)(type.prototype, stub, descriptor);
  ApiIncludeEndpoint()(type.prototype, stub, descriptor);
  return { type, handler };
}

function named<T extends object>(value: T, name: string): T {
  return Object.defineProperty(value, 'name', { value: name, configurable: true });
}

function copyMetadata(from: object, to: object): void {
  for (const key of COPIED) {
    const value: unknown = Reflect.getMetadata(key, from);
    if (value !== undefined) Reflect.defineMetadata(key, value, to);
  }
}

/** A class's extensions reach only what is a route at that time, so that stubs would miss them. */
function inheritExtensions(type: Type, handler: object): void {
  const extensions: object | undefined = Reflect.getMetadata(DECORATORS.API_EXTENSION, type);
  const own: object | undefined = Reflect.getMetadata(DECORATORS.API_EXTENSION, handler);
  if (extensions) {
    Reflect.defineMetadata(DECORATORS.API_EXTENSION, { ...extensions, ...own }, handler);
  }
}

function copyPluginMetadata(host: Type, type: Type, stub: string): void {
  for (let owner: object = host; owner !== Function.prototype; owner = parentOf(owner)) {
    const factory: unknown = Reflect.getOwnPropertyDescriptor(owner, PLUGIN_METADATA)?.value;
    if (typeof factory !== 'function') continue;
    const methods: Readonly<Record<string, unknown>> = Reflect.apply(factory, owner, []);
    if (!Object.hasOwn(methods, stub)) continue;
    Object.defineProperty(type, PLUGIN_METADATA, { value: () => ({ [stub]: methods[stub] }) });
    return;
  }
}

function parentOf(type: object): object {
  return Reflect.getPrototypeOf(type) ?? Function.prototype;
}

function offerBody(type: Type, stub: string, handler: object, body: WebhookBody): void {
  if (body.kind === 'dto') describeAs(handler, body.type, body.isArray);
  if (body.kind !== 'dto' && body.kind !== 'schema') return;

  const schema = body.kind === 'schema' ? { schema: body.schema } : {};
  const args = { [`${RouteParamtypes.BODY}:0`]: { index: 0, pipes: [], ...schema } };
  const parameterType = body.kind === 'dto' ? body.type : Object;
  Reflect.defineMetadata(PARAMTYPES_METADATA, [parameterType], type.prototype, stub);
  Reflect.defineMetadata(ROUTE_ARGS_METADATA, args, type, stub);
}

/** An `@ApiBody()` that says nothing of the type would be documented as a string. */
function describeAs(handler: object, type: Type, isArray: boolean): void {
  const parameters: readonly { readonly in?: string }[] | undefined = Reflect.getMetadata(
    DECORATORS.API_PARAMETERS,
    handler,
  );
  const described = parameters?.map((one) => (one.in === 'body' ? { ...one, type, isArray } : one));
  if (described) Reflect.defineMetadata(DECORATORS.API_PARAMETERS, described, handler);
}
