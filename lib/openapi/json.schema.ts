import type { Schemas } from './documented.stub.js';
import { JSON_SCHEMA_KEYWORDS } from './json-schema.keywords.js';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const COMPONENTS = '#/components/schemas/';

/**
 * A schema of an OpenAPI document as a JSON Schema that stands alone: what it refers to is in `$defs`.
 * @param components the document's schemas, of which those referred to are taken
 */
export function toJsonSchema(schema: object, components: Schemas): JsonSchema {
  const translator = new SchemaTranslator();
  const root = translator.translate({ ...schema });
  const definitions = new Map(Object.entries(root['$defs'] ?? {}));
  // Grows while it is walked.
  for (const name of translator.references) {
    definitions.set(name, translator.translate({ ...components[name] }));
  }
  const $defs = definitions.size > 0 && { $defs: Object.fromEntries(definitions) };
  return { $schema: DIALECT, ...root, ...$defs };
}

class SchemaTranslator {
  /** Names of the components that were referred to. */
  readonly references = new Set<string>();

  translate(schema: JsonSchema): JsonSchema {
    const translated: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      const kept = this.translateValue(keyword, value);
      if (kept !== undefined) translated[keyword] = kept;
    }
    const { example } = schema;
    if (example !== undefined && !('examples' in schema)) translated['examples'] = [example];
    return translated;
  }

  private translateValue(keyword: string, value: unknown): unknown {
    const kind = JSON_SCHEMA_KEYWORDS.get(keyword);
    if (kind === 'reference' && typeof value === 'string') return this.refer(value);
    if (kind === 'schema') return this.translateAny(value);
    if (kind === 'map' && isRecord(value)) return this.translateMap(value);
    if (kind === 'list' && Array.isArray(value)) {
      return value.map((item) => this.translateAny(item));
    }
    return kind === undefined ? undefined : value;
  }

  private translateMap(schemas: JsonSchema): JsonSchema {
    const entries = Object.entries(schemas);
    return Object.fromEntries(entries.map(([name, held]) => [name, this.translateAny(held)]));
  }

  private translateAny(value: unknown): unknown {
    return isRecord(value) ? this.translate(value) : value;
  }

  private refer(reference: string): string {
    if (!reference.startsWith(COMPONENTS)) return reference;
    const name = reference.slice(COMPONENTS.length);
    this.references.add(name);
    return `#/$defs/${name}`;
  }
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
