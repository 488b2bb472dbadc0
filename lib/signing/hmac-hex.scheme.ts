import { BodyHmacScheme } from './body-hmac.scheme.js';
import { headerName } from './header.name.js';
import { InvalidSignatureOptionError } from './invalid-signature-option.error.js';
import type { SignatureScheme } from './signature.scheme.js';

/** Options of {@link hmacHex}. */
export interface HmacHexOptions {
  /**
   * Name of the signature header.
   * @default 'X-Webhook-Signature'
   */
  readonly header?: string;
  /**
   * What stands before the digits, for example `sha256=`.
   * @default ''
   */
  readonly prefix?: string;
}

/**
 * What most home-made receivers check: the header holds the lower-case hexadecimal HMAC-SHA256 of the
 * body alone, keyed with the secret's whole text. The secret is any printable text of 16 to 1024
 * characters.
 *
 * The header holds one signature: while a secret is being rotated it is the newest one's. Neither id
 * nor time is signed, so a request once overheard can be sent again at any time and under any id.
 *
 * @throws InvalidSignatureOptionError when the header cannot be named or begin so
 */
export function hmacHex(options: HmacHexOptions = {}): SignatureScheme {
  const { header = 'X-Webhook-Signature', prefix = '' } = options;
  if (!/^[!-~]{0,32}$/.test(prefix)) {
    throw new InvalidSignatureOptionError('prefix', 'up to 32 printable ASCII characters');
  }
  return new BodyHmacScheme({
    name: 'hmac-hex',
    header: headerName(header, 'header'),
    prefix,
    idHeader: null,
  });
}
