import type { Type } from '@nestjs/common';
import { DECORATORS, getSchemaPath } from '@nestjs/swagger';
import { isDtoClass, isLazyType } from '../catalog/dto.class.js';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';

/** Where a decorator of @nestjs/swagger names a class. */
interface TypeHolder {
  readonly type?: unknown;
}

/** What `@ApiProperty()` stores of a named enum; of an array of them the values are in `items`. */
interface EnumHolder extends TypeHolder {
  readonly enumName?: string;
  readonly enum?: unknown;
  readonly items?: { readonly enum?: unknown };
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
      queue.push(...extraModels(candidate), ...typesOf(propertiesOf(candidate)));
    }
  }
  return models;
}

/** The name under which the schema of a class stands in a document. */
export function schemaNameOf(model: Type): string {
  return getSchemaPath(model).slice(getSchemaPath('').length);
}

/** The named enums of a class's properties, with their values as text. */
export function enumsOf(model: Type): [name: string, values: string][] {
  return propertiesOf(model).flatMap((property) => {
    const values = property?.items?.enum ?? property?.enum;
    // A lazy enum has no values yet.
    if (!property?.enumName || !Array.isArray(values)) return [];
    return [[property.enumName, JSON.stringify(values)]];
  });
}

function extraModels(declared: object): readonly unknown[] {
  return Reflect.getMetadata(DECORATORS.API_EXTRA_MODELS, declared) ?? [];
}

function propertiesOf({ prototype }: Type): (EnumHolder | undefined)[] {
  const keys: readonly string[] =
    Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, prototype) ?? [];
  return keys.map((key) =>
    Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, prototype, key.slice(1)),
  );
}

function typesOf(holders: readonly (TypeHolder | undefined)[]): unknown[] {
  return holders.map((holder) => holder?.type);
}
