import { isDeepStrictEqual } from 'node:util';
import type { Schemas } from './documented.stub.js';

type Schema = Schemas[string];

/** Whether two schemas of one name are the same, so that a `$ref` means the same for both. */
export function isSameSchema(one: Schema | undefined, other: Schema | undefined): boolean {
  return isDeepStrictEqual(comparable(one), comparable(other));
}

/** A named enum has the description of whichever property used it first: that is no difference. */
function comparable(schema: Schema | undefined): unknown {
  if (!schema || !('enum' in schema)) return schema;
  return { ...schema, description: undefined };
}
