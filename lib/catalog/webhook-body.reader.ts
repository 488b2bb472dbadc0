import { PARAMTYPES_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Type } from '@nestjs/common';
import { readApiBody } from './api-body.reader.js';
import { isDtoClass } from './dto.class.js';
import { ErasedBodyTypeError } from './erased-body-type.error.js';
import { InvalidWebhookStubError } from './invalid-webhook-stub.error.js';
import type { StandardSchema, WebhookBody } from './webhook.definition.js';
import { placeOf, WebhookStub } from './webhook.stub.js';

/** What `@Body()` and its like store for one parameter. */
interface ParameterArgs {
  readonly index: number;
  readonly data?: unknown;
  readonly schema?: unknown;
}

/**
 * Reads the body of a stub: the parameter with Nest's `@Body()`, otherwise the first parameter without
 * a decorator; `@ApiBody()` says what its type does not.
 * @throws ErasedBodyTypeError when nothing says what the body is
 * @throws InvalidWebhookStubError when only a part of the body, or more than one body, is declared
 */
export function readBody({ host, name, handler }: WebhookStub): WebhookBody {
  const place = placeOf(host, name);
  const types: readonly unknown[] | undefined = Reflect.getMetadata(
    PARAMTYPES_METADATA,
    host.prototype,
    name,
  );
  const count = types?.length ?? handler.length;
  const parameter = bodyParameter(host, name, count, place);
  if (isStandardSchema(parameter?.schema)) return { kind: 'schema', schema: parameter.schema };

  const described = readApiBody(handler);
  if (described && described !== 'silent') return described;
  if (!parameter) return { kind: described ? 'described' : 'none' };

  const type = types?.[parameter.index];
  if (isDtoClass(type)) return { kind: 'dto', type, isArray: false };
  if (described && type === String) return { kind: 'described' };
  throw new ErasedBodyTypeError(place, typeof type === 'function' ? type.name : 'nothing');
}

function bodyParameter(
  host: Type,
  name: string,
  count: number,
  place: string,
): ParameterArgs | undefined {
  const stored: Readonly<Record<string, ParameterArgs>> | undefined = Reflect.getMetadata(
    ROUTE_ARGS_METADATA,
    host,
    name,
  );
  const decorated = Object.entries(stored ?? {});
  const bodies = decorated
    .filter(([key]) => key.startsWith(`${RouteParamtypes.BODY}:`))
    .map(([, args]) => args);
  if (bodies.some(({ data }) => typeof data === 'string')) {
    const remedy = 'use @Body() without a name';
    throw new InvalidWebhookStubError(place, 'takes only a named part of the body', remedy);
  }
  if (bodies.length > 1) {
    throw new InvalidWebhookStubError(place, 'has more than one @Body()', 'keep one of them');
  }
  if (bodies[0]) return bodies[0];

  const taken = new Set(decorated.map(([, { index }]) => index));
  const index = Array.from({ length: count }, (_, at) => at).find((at) => !taken.has(at));
  return index === undefined ? undefined : { index };
}

function isStandardSchema(value: unknown): value is StandardSchema {
  const holder = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return holder && '~standard' in value;
}
