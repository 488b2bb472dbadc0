import { DECORATORS } from '@nestjs/swagger';
import { isDtoClass, isLazyType } from './dto.class.js';
import type { WebhookBody } from './webhook.definition.js';

/** What `@ApiBody()` stores. */
interface ApiBodyMetadata {
  readonly in?: string;
  readonly type?: unknown;
  readonly isArray?: boolean;
  readonly schema?: unknown;
  readonly content?: unknown;
  readonly enum?: unknown;
}

/**
 * What `@ApiBody()` on a stub says of the body: its class, that something else describes it, or
 * `silent` when it says nothing of the type, as `@ApiBody({ description })`. Undefined without it.
 */
export function readApiBody(handler: object): WebhookBody | 'silent' | undefined {
  const stored: readonly ApiBodyMetadata[] | undefined = Reflect.getMetadata(
    DECORATORS.API_PARAMETERS,
    handler,
  );
  const metadata = stored?.find((parameter) => parameter.in === 'body');
  if (!metadata) return undefined;

  const [type, isArray] = resolveType(metadata);
  if (isDtoClass(type)) return { kind: 'dto', type, isArray };
  // Without a type it stores String.
  const silent = type === String && !isArray;
  const shape = metadata.schema ?? metadata.content ?? metadata.enum;
  return silent && shape === undefined ? 'silent' : { kind: 'described' };
}

function resolveType({ type, isArray }: ApiBodyMetadata): readonly [unknown, boolean] {
  const resolved = isLazyType(type) ? type() : type;
  return Array.isArray(resolved) ? [resolved[0], true] : [resolved, isArray === true];
}
