import type { Type } from '@nestjs/common';

// What is left at run time of an interface, a union, an array or a value: nothing to validate with.
// prettier-ignore
const ERASED = new Set<unknown>([
  Object, Array, String, Number, Boolean, Symbol, BigInt, Function,
  Promise, Date, Map, Set, Buffer, Uint8Array,
]);

/** Whether the value is a class that can describe a body. */
export function isDtoClass(value: unknown): value is Type {
  return typeof value === 'function' && !!value.prototype && !ERASED.has(value);
}

/** Whether the value is `type: () => OrderDto`, told from a class as @nestjs/swagger does: by its name. */
export function isLazyType(value: unknown): value is () => unknown {
  return typeof value === 'function' && value.name === 'type' && !value.prototype;
}
