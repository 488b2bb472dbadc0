import type { Type } from '@nestjs/common';
import { DECORATORS, getSchemaPath } from '@nestjs/swagger';
import { isDtoClass, isLazyType } from '../catalog/dto.class.js';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';

/** Where a decorator of @nestjs/swagger names a class. */
interface TypeHolder {
  readonly type?: unknown;
}

/** Every class whose schema a stub may refer to: body, answers, extra models and what they hold. */
export function modelsOf({ host, stub, body }: WebhookDefinition): ReadonlySet<Type> {
  const models = new Set<Type>();
  const queue: unknown[] = body.kind === 'dto' ? [body.type] : [];
  for (const declared of [host, host.prototype[stub]]) {
    const answers: object | undefined = Reflect.getMetadata(DECORATORS.API_RESPONSE, declared);
    queue.push(...extraModels(declared), ...typesOf(Object.values(answers ?? {})));
  }

  // Grows while it is walked.
  for (const candidate of queue) {
    if (Array.isArray(candidate)) queue.push(...candidate);
    else if (isLazyType(candidate)) queue.push(candidate());
    else if (isDtoClass(candidate) && !models.has(candidate)) {
      models.add(candidate);
      queue.push(...extraModels(candidate), ...propertyTypes(candidate));
    }
  }
  return models;
}

/** The name under which the schema of a class stands in a document. */
export function schemaNameOf(model: Type): string {
  return getSchemaPath(model).slice(getSchemaPath('').length);
}

function extraModels(declared: object): readonly unknown[] {
  return Reflect.getMetadata(DECORATORS.API_EXTRA_MODELS, declared) ?? [];
}

function propertyTypes({ prototype }: Type): unknown[] {
  const keys: readonly string[] =
    Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, prototype) ?? [];
  return typesOf(
    keys.map((key) =>
      Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, prototype, key.slice(1)),
    ),
  );
}

function typesOf(holders: readonly (TypeHolder | undefined)[]): unknown[] {
  return holders.map((holder) => holder?.type);
}
