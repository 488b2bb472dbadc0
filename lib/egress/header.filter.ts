import type { RawAxiosRequestHeaders } from 'axios';
import { HttpServiceMisuseError } from './http-service-misuse.error.js';

/** Headers that frame the message or route it: never an interceptor's to set. */
const RESERVED: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The headers that interceptors added: all but reserved ones and those the request has, whatever
 * their case.
 *
 * @param system headers of the request, names in lower case
 * @returns name, value, name, value…
 * @throws HttpServiceMisuseError when a name or value is not valid HTTP
 */
export function extraHeaders(
  headers: RawAxiosRequestHeaders,
  system: Readonly<Record<string, string>>,
): string[] {
  const extra: string[] = [];
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (Object.hasOwn(system, name) || RESERVED.has(name) || value == null || value === false) {
      continue;
    }
    for (const item of Array.isArray(value) ? value : [value]) {
      const text = String(item);
      if (!TOKEN.test(name) || !VALUE.test(text)) {
        throw new HttpServiceMisuseError('has an interceptor that sets an invalid header.');
      }
      extra.push(name, text);
    }
  }
  return extra;
}
