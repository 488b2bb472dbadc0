import { InvalidSignatureOptionError } from './invalid-signature-option.error.js';

// "token" of RFC 9110, section 5.6.2.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

/**
 * The lower-case form of an HTTP header name, or of the beginning of one.
 *
 * @param option the option it was given as, for the error
 * @throws InvalidSignatureOptionError when it holds a character that header names cannot have
 */
export function headerName(name: string, option: string): string {
  if (typeof name !== 'string' || !TOKEN.test(name)) {
    throw new InvalidSignatureOptionError(option, 'letters, digits and hyphens, up to 100');
  }
  return name.toLowerCase();
}
