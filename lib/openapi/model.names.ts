import type { Type } from '@nestjs/common';
import { ApiExtraModels } from '@nestjs/swagger';
import type { WebhookDocumentOptions } from './documentation.options.js';
import { documentClass, Schemas } from './documented.stub.js';
import { enumsOf, schemaNameOf } from './model.graph.js';
import { isSameSchema } from './schema.comparison.js';
import { SchemaNameConflictError } from './schema-name-conflict.error.js';

/**
 * Finds different classes, or different enums, with one schema name. Swagger keeps the first silently, also of two in the
 * body of one stub.
 */
export class ModelNames {
  private readonly known = new Map<string, { readonly model: Type; readonly place: string }>();
  private readonly enums = new Map<string, { readonly values: string; readonly place: string }>();

  constructor(
    private readonly openapi: string,
    private readonly options: WebhookDocumentOptions,
  ) {}

  /**
   * Adds the classes that a place uses.
   * @throws SchemaNameConflictError when another class has the name of one, and another schema, or
   * another enum the name of an enum in it, and other values
   */
  add(models: Iterable<Type>, place: string): void {
    for (const model of models) {
      const name = schemaNameOf(model);
      const first = this.known.get(name);
      if (!first) this.known.set(name, { model, place });
      else if (first.model !== model && this.differ(first.model, model, name)) {
        throw new SchemaNameConflictError(name, first.place, place);
      }
      this.addEnums(model, place);
    }
  }

  private addEnums(model: Type, place: string): void {
    for (const [name, values] of enumsOf(model)) {
      const first = this.enums.get(name);
      if (!first) this.enums.set(name, { values, place });
      else if (first.values !== values) throw new SchemaNameConflictError(name, first.place, place);
    }
  }

  private differ(one: Type, other: Type, name: string): boolean {
    return !isSameSchema(this.schemaOf(one, name), this.schemaOf(other, name));
  }

  private schemaOf(model: Type, name: string): Schemas[string] | undefined {
    class Holder {}
    ApiExtraModels(model)(Holder);
    return documentClass(Holder, this.openapi, this.options).components?.schemas?.[name];
  }
}
