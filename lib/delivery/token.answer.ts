import type { TransportAnswer } from '../egress/transport.js';

/** An access token and how long it is good for, in milliseconds. */
export interface GrantedToken {
  readonly token: string;
  readonly lifetime: number;
}

// For servers that do not say.
const USUAL_LIFETIME = 300_000;
const LONGEST_TOKEN = 8_192;
// RFC 6749, 5.2. Other texts of the server are not repeated: they may hold anything.
const ERRORS: ReadonlySet<unknown> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

/** Reads the answer of a token server (RFC 6749, 5); a text says what is wrong with it. */
export function readTokenAnswer({ status, body }: TransportAnswer): GrantedToken | string {
  const answer = parseObject(body);
  if (status !== 200) {
    const error = answer?.['error'];
    return `the token server answered ${status}${ERRORS.has(error) ? ` (${String(error)})` : ''}`;
  }
  const { access_token: token, token_type: type = 'bearer', expires_in: seconds } = answer ?? {};
  const usable = typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);
  if (!usable || token.length > LONGEST_TOKEN || String(type).toLowerCase() !== 'bearer') {
    return 'the token server gave no bearer token';
  }
  const lifetime = Number(seconds) * 1_000;
  return { token, lifetime: lifetime > 0 ? lifetime : USUAL_LIFETIME };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
