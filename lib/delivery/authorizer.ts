import type { SubscriptionRecord } from '../store/subscription.record.js';
import type { AccessTokens, MissingToken } from './access.tokens.js';
import { basicAuthorization } from './token.request.js';

/** The `authorization` header of a request. */
export interface Authorization {
  /** Null for none. */
  readonly header: string | null;
  /** Forgets the token in the header, so that the next one is new; null when that cannot help. */
  readonly renew: (() => void) | null;
}

/** Says how requests to a subscription are authorised. */
export class Authorizer {
  constructor(private readonly tokens: AccessTokens) {}

  /** Never rejects. */
  async authorize({ id, auth }: SubscriptionRecord): Promise<Authorization | MissingToken> {
    if (auth === null) return { header: null, renew: null };
    if (auth.type === 'basic') return { header: basicAuthorization(auth), renew: null };
    if (auth.type === 'bearer') return { header: `Bearer ${auth.token}`, renew: null };
    const found = await this.tokens.get(id, auth);
    if (!('token' in found)) return found;
    const { token, cached } = found;
    const renew = cached ? () => this.tokens.forget(id, token) : null;
    return { header: `Bearer ${token}`, renew };
  }
}
