import type { TransportRequest } from '../egress/transport.js';
import type { BasicAuth, OAuth2Auth } from '../store/subscription-credentials.record.js';

const ANSWER_LIMIT = 16_384;

/** The request for an access token (RFC 6749, 4.4.2), by a client that names itself in the header. */
export function tokenRequest(
  auth: OAuth2Auth,
  userAgent: string,
  timeout: number,
): TransportRequest {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(auth.scope !== undefined && { scope: auth.scope }),
  });
  return {
    url: auth.tokenUrl,
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: basicAuthorization({
        username: formEncoded(auth.clientId),
        password: formEncoded(auth.clientSecret),
      }),
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': userAgent,
    },
    body: Buffer.from(form.toString()),
    timeout,
    answerLimit: ANSWER_LIMIT,
  };
}

/** The value of an `authorization` header for a user name and password. */
export function basicAuthorization(user: Omit<BasicAuth, 'type'>): string {
  return `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
}

/** As RFC 6749, 2.3.1 wants ids and secrets before they become user name and password. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
