/** How requests to a subscription are authorised, beside their signature. */
export type SubscriptionAuth = BearerAuth | BasicAuth | OAuth2Auth;

/** A token that does not change: `authorization: Bearer …`. */
export interface BearerAuth {
  readonly type: 'bearer';
  readonly token: string;
}

/** HTTP Basic authentication (RFC 7617), in UTF-8. */
export interface BasicAuth {
  readonly type: 'basic';
  readonly username: string;
  readonly password: string;
}

/** A token that is fetched with OAuth 2.0 client credentials (RFC 6749, 4.4). */
export interface OAuth2Auth {
  readonly type: 'oauth2';
  /** Where tokens are fetched: a URL that the egress policy allows. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What to ask for, separated by spaces. */
  readonly scope?: string;
}

/** What this side shows in the TLS handshake. */
export interface ClientCertificate {
  /** The certificate, and those between it and its authority, in PEM. */
  readonly cert: string;
  /** Its private key in PEM, not encrypted. */
  readonly key: string;
}
