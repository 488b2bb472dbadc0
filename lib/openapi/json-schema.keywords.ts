/** What the value of a keyword is: schemas, or a reference, or nothing that holds a schema. */
export type KeywordKind = 'schema' | 'list' | 'map' | 'reference' | 'data';

/**
 * The keywords of JSON Schema, draft 2020-12. Others that an OpenAPI document has in its schemas say
 * nothing to a validator, and a strict one refuses them: `discriminator`, `xml`, `x-…`.
 */
export const JSON_SCHEMA_KEYWORDS: ReadonlyMap<string, KeywordKind> = new Map([
  ['$ref', 'reference'],
  ...kind('schema', 'additionalProperties contains contentSchema else if items not'),
  ...kind('schema', 'propertyNames then unevaluatedItems unevaluatedProperties'),
  ...kind('list', 'allOf anyOf oneOf prefixItems'),
  ...kind('map', '$defs dependentSchemas patternProperties properties'),
  ...kind('data', '$anchor $comment $dynamicAnchor $dynamicRef $id'),
  ...kind('data', 'const contentEncoding contentMediaType default dependentRequired deprecated'),
  ...kind('data', 'description enum examples exclusiveMaximum exclusiveMinimum format'),
  ...kind('data', 'maxContains maxItems maxLength maxProperties maximum minContains minItems'),
  ...kind('data', 'minLength minProperties minimum multipleOf pattern readOnly required title'),
  ...kind('data', 'type uniqueItems writeOnly'),
]);

function kind(of: KeywordKind, names: string): (readonly [string, KeywordKind])[] {
  return names.split(' ').map((name) => [name, of] as const);
}
