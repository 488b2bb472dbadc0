import { BlockedUrlError } from '../egress/blocked-url.error.js';
import type { UrlPolicy } from '../egress/url.policy.js';
import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import { checkedText } from '../platform/tenant.js';
import type { SubscriptionAuth } from '../store/subscription-credentials.record.js';

const LONGEST_TOKEN = 4_096;
const LONGEST_TEXT = 1_024;
// RFC 6749, 3.3: scope tokens with single spaces between them.
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/**
 * Authorisation of a subscription, with nothing in it but what its type has.
 * @throws InvalidArgumentError naming the field, never its value
 * @throws BlockedUrlError when the egress policy refuses the token URL
 */
export function checkedAuth(given: unknown, urls: UrlPolicy): SubscriptionAuth {
  const auth: Readonly<Record<string, unknown>> =
    typeof given === 'object' && given !== null ? { ...given } : {};
  switch (auth['type']) {
    case 'bearer':
      return { type: 'bearer', token: checkToken(auth['token']) };
    case 'basic':
      return {
        type: 'basic',
        username: checkUsername(auth['username']),
        password: checkedText('auth.password', auth['password'], LONGEST_TEXT),
      };
    case 'oauth2':
      return {
        type: 'oauth2',
        tokenUrl: checkTokenUrl(auth['tokenUrl'], urls),
        clientId: checkedText('auth.clientId', auth['clientId'], LONGEST_TEXT),
        clientSecret: checkedText('auth.clientSecret', auth['clientSecret'], LONGEST_TEXT),
        ...(auth['scope'] !== undefined && { scope: checkScope(auth['scope']) }),
      };
    default:
      throw new InvalidArgumentError('auth', 'Give an object of type bearer, basic or oauth2.');
  }
}

function checkToken(token: unknown): string {
  const printable = typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);
  if (printable && token.length <= LONGEST_TOKEN) return token;
  const remedy = `Give printable ASCII text without spaces, at most ${LONGEST_TOKEN} characters, and without "Bearer".`;
  throw new InvalidArgumentError('auth.token', remedy);
}

function checkUsername(username: unknown): string {
  const text = checkedText('auth.username', username, LONGEST_TEXT);
  // The receiver takes what follows the first colon for the password.
  if (text.includes(':')) throw new InvalidArgumentError('auth.username', 'Give it without ":".');
  return text;
}

function checkTokenUrl(url: unknown, urls: UrlPolicy): string {
  try {
    return urls.check(url);
  } catch (error) {
    throw error instanceof BlockedUrlError ? error.about('token URL') : error;
  }
}

function checkScope(scope: unknown): string {
  const valid = typeof scope === 'string' && scope.length <= LONGEST_TEXT && SCOPE.test(scope);
  if (valid) return scope;
  throw new InvalidArgumentError('auth.scope', 'Give names with single spaces between them.');
}
