import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import type { FilterCondition, PayloadFilter } from '../store/payload-filter.record.js';

const DEEPEST = 5;
const MOST_CONDITIONS = 50;
const LONGEST_TEXT = 256;
const LONGEST_LIST = 100;

/**
 * The filter itself when it is usable: at most 50 conditions, 5 levels deep, with texts of up to 256
 * characters and lists of up to 100 values.
 * @throws InvalidArgumentError saying which rule it breaks
 */
export function checkedFilter(filter: unknown): PayloadFilter {
  const budget = { conditions: MOST_CONDITIONS };
  return checkNode(filter, DEEPEST, budget);
}

function checkNode(node: unknown, depth: number, budget: { conditions: number }): PayloadFilter {
  if (depth === 0) throw invalid(`Nest it at most ${DEEPEST} levels deep.`);
  if (!isObject(node)) throw invalid('Give a condition, or `all`, `any` or `not`.');
  const keys = Object.keys(node);
  if (keys.length === 1 && (keys[0] === 'all' || keys[0] === 'any')) {
    const parts = node[keys[0]];
    if (!Array.isArray(parts) || parts.length === 0) throw invalid(`Give \`${keys[0]}\` a list.`);
    const checked = parts.map((part) => checkNode(part, depth - 1, budget));
    return keys[0] === 'all' ? { all: checked } : { any: checked };
  }
  if (keys.length === 1 && keys[0] === 'not') {
    return { not: checkNode(node['not'], depth - 1, budget) };
  }
  if (--budget.conditions < 0) throw invalid(`Use at most ${MOST_CONDITIONS} conditions.`);
  return checkCondition(node);
}

function checkCondition({ field, op, value }: Record<string, unknown>): FilterCondition {
  if (!isText(field) || field.split('.').some((step) => step === '' || step === '__proto__')) {
    throw invalid('Give `field` as names joined by dots, such as "customer.country".');
  }
  switch (op) {
    case 'eq':
    case 'ne':
    case 'contains':
      if (isScalar(value)) return { field, op, value };
      throw invalid(`"${op}" takes a text, a number, true, false or null.`);
    case 'in':
    case 'nin':
      if (Array.isArray(value) && value.length <= LONGEST_LIST && value.every(isScalar)) {
        return { field, op, value: [...value] };
      }
      throw invalid(`"${op}" takes a list of at most ${LONGEST_LIST} values.`);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      if (typeof value === 'number' || isText(value)) return { field, op, value };
      throw invalid(`"${op}" takes a number or a text.`);
    case 'exists':
      if (typeof value === 'boolean') return { field, op, value };
      throw invalid('"exists" takes true or false.');
    case 'startsWith':
      if (isText(value)) return { field, op, value };
      throw invalid('"startsWith" takes a text.');
    default:
      throw invalid(
        'Use one of the operators eq, ne, in, nin, gt, gte, lt, lte, exists, contains, startsWith.',
      );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_TEXT;
}

function isScalar(value: unknown): value is string | number | boolean | null {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && value.length <= LONGEST_TEXT;
}

function invalid(remedy: string): InvalidArgumentError {
  return new InvalidArgumentError('filter', remedy);
}
