import { InvalidArgumentError } from '../platform/invalid-argument.error.js';

const MOST_HEADERS = 20;
const MOST_CHARACTERS = 4_096;
// RFC 9110, 5.6.2 and 5.5: a token, and printable ASCII with spaces inside.
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const RESERVED = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'cookie',
  'accept-encoding',
  'user-agent',
  '__proto__',
]);
const RESERVED_PREFIXES = ['proxy-', 'webhook-', 'x-forwarded-'];

/**
 * Custom headers of a subscription, names in lower case.
 * @param reserved further names and prefixes that belong to the module, in lower case
 * @throws InvalidArgumentError naming the header, never its value
 */
export function checkedHeaders(
  headers: unknown,
  headerPrefix: string,
  signatureHeaders: readonly string[],
): Record<string, string> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    throw new InvalidArgumentError('headers', 'Give an object of header names and values.');
  }
  const entries = Object.entries(headers as Record<string, unknown>);
  if (entries.length > MOST_HEADERS) {
    throw new InvalidArgumentError('headers', `Give at most ${MOST_HEADERS} headers.`);
  }
  const checked: Record<string, string> = {};
  let characters = 0;
  for (const [name, value] of entries) {
    const lower = name.toLowerCase();
    if (!NAME.test(name) || name.length > 128) {
      throw new InvalidArgumentError('headers', 'A header name may hold letters, digits and "-".');
    }
    if (isReserved(lower, headerPrefix, signatureHeaders)) {
      throw new InvalidArgumentError(`headers.${lower}`, 'This name is reserved: use another one.');
    }
    if (typeof value !== 'string' || !VALUE.test(value)) {
      const remedy = 'A header value must be printable ASCII text without spaces around it.';
      throw new InvalidArgumentError(`headers.${lower}`, remedy);
    }
    if (lower in checked) {
      throw new InvalidArgumentError(`headers.${lower}`, 'Give each header once.');
    }
    checked[lower] = value;
    characters += name.length + value.length;
  }
  if (characters > MOST_CHARACTERS) {
    throw new InvalidArgumentError('headers', `Use at most ${MOST_CHARACTERS} characters in all.`);
  }
  return checked;
}

function isReserved(name: string, prefix: string, signatureHeaders: readonly string[]): boolean {
  return (
    RESERVED.has(name) ||
    [...RESERVED_PREFIXES, prefix].some((start) => name.startsWith(start)) ||
    signatureHeaders.includes(name)
  );
}
