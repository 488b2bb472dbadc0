import type { FilterCondition, PayloadFilter } from '../store/payload-filter.record.js';

/**
 * Whether a payload, as plain data, is one that the filter wants. A field that is absent equals
 * nothing, so that only `ne`, `nin` and `exists: false` hold for it.
 */
export function matchesFilter(filter: PayloadFilter, payload: unknown): boolean {
  if ('all' in filter) return filter.all.every((part) => matchesFilter(part, payload));
  if ('any' in filter) return filter.any.some((part) => matchesFilter(part, payload));
  if ('not' in filter) return !matchesFilter(filter.not, payload);
  return holds(filter, valueAt(payload, filter.field));
}

function valueAt(payload: unknown, path: string): unknown {
  let value = payload;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function holds({ op, value }: FilterCondition, found: unknown): boolean {
  switch (op) {
    case 'eq':
      return found === value;
    case 'ne':
      return found !== value;
    case 'in':
      return (value as readonly unknown[]).includes(found);
    case 'nin':
      return !(value as readonly unknown[]).includes(found);
    case 'exists':
      return (found !== undefined) === value;
    case 'contains':
      if (typeof found === 'string') return typeof value === 'string' && found.includes(value);
      return Array.isArray(found) && found.includes(value);
    case 'startsWith':
      return typeof found === 'string' && found.startsWith(value as string);
    case 'gt':
      return compare(found, value, (order) => order > 0);
    case 'gte':
      return compare(found, value, (order) => order >= 0);
    case 'lt':
      return compare(found, value, (order) => order < 0);
    default:
      return compare(found, value, (order) => order <= 0);
  }
}

/** Orders two numbers, or two texts by their UTF-16 units; nothing else has an order. */
function compare(found: unknown, value: unknown, test: (order: number) => boolean): boolean {
  if (typeof found === 'number' && typeof value === 'number') return test(found - value);
  if (typeof found !== 'string' || typeof value !== 'string') return false;
  return test(found < value ? -1 : Number(found > value));
}
