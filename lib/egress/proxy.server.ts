import { isIP } from 'node:net';
import type { AddressPolicy } from './address.policy.js';
import { InvalidEgressOptionError } from './invalid-egress-option.error.js';

/** The HTTP proxy that all requests go through. */
export interface ProxyServer {
  /** Name or address, without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Whether the connection to it is TLS. */
  readonly secure: boolean;
  /** Value of `proxy-authorization`; null for none. */
  readonly authorization: string | null;
}

const SECURE_PORT = 443;
const PLAIN_PORT = 80;

/**
 * The option `egress.proxy`; null when there is none.
 * @throws InvalidEgressOptionError, which does not repeat the entry: it may hold a password
 */
export function checkedProxy(
  entry: unknown,
  addresses: Pick<AddressPolicy, 'allows'>,
): ProxyServer | null {
  if (entry === undefined) return null;
  const url = typeof entry === 'string' && URL.canParse(entry) ? new URL(entry) : null;
  const secure = url?.protocol === 'https:';
  const authorization = url && authorizationOf(url);
  if (
    url === null ||
    authorization === undefined ||
    !(secure || url.protocol === 'http:') ||
    `${url.pathname}${url.search}${url.hash}` !== '/' ||
    url.port === '0'
  ) {
    throw new InvalidEgressOptionError(
      'proxy',
      'no URL of a proxy',
      'Write one such as "http://user:password@proxy.example.com:3128", percent-encoded where needed.',
    );
  }
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(hostname) !== 0 && !addresses.allows(hostname)) {
    const remedy = 'Add the address of the proxy to egress.allow.';
    throw new InvalidEgressOptionError('proxy', 'an address that is not public', remedy);
  }
  const port = Number(url.port || (secure ? SECURE_PORT : PLAIN_PORT));
  return { hostname, port, secure, authorization };
}

/** Null without credentials, undefined when they cannot be used. */
function authorizationOf({ username, password }: URL): string | null | undefined {
  if (username === '' && password === '') return null;
  try {
    const [name, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    // RFC 7617, 2: a colon ends the name, and control characters are not allowed.
    if (name.includes(':') || /\p{Cc}/u.test(name + secret)) return undefined;
    return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
  } catch {
    return undefined;
  }
}
