/** A value a filter compares with. */
export type FilterValue = string | number | boolean | null;

/** One comparison of a {@link PayloadFilter}. */
export interface FilterCondition {
  /** Path of a field of the payload, for example `customer.country`. */
  readonly field: string;
  /**
   * `eq` and `ne` compare with one value, `in` and `nin` with a list; `gt`, `gte`, `lt` and `lte`
   * order two numbers or two texts; `exists` takes true or false; `contains` looks for an element of a
   * list or a part of a text; `startsWith` for the beginning of a text.
   */
  readonly op:
    'eq' | 'ne' | 'in' | 'nin' | 'gt' | 'gte' | 'lt' | 'lte' | 'exists' | 'contains' | 'startsWith';
  readonly value: FilterValue | readonly FilterValue[];
}

/** Which payloads a subscription wants: plain data, so that a store can hold it. */
export type PayloadFilter =
  | FilterCondition
  | { readonly all: readonly PayloadFilter[] }
  | { readonly any: readonly PayloadFilter[] }
  | { readonly not: PayloadFilter };
