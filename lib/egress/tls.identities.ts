import { createSecureContext, rootCertificates, SecureContext } from 'node:tls';
import { LRUCache } from 'lru-cache';
import type { ClientIdentity } from './client.identity.js';

// An authority more is read with all those of Node, which takes milliseconds.
const CONTEXTS_KEPT = 100;
const SESSIONS_KEPT = 500;

/** TLS settings and sessions, apart for each client certificate. */
export class TlsIdentities {
  private readonly anonymous: SecureContext;
  private readonly contexts = new LRUCache<string, SecureContext>({ max: CONTEXTS_KEPT });
  private readonly sessions = new LRUCache<string, Buffer>({ max: SESSIONS_KEPT });
  private readonly ca: string[] | undefined;

  /** @param ca authorities in PEM that are trusted besides Node's own */
  constructor(ca: readonly string[] = []) {
    this.ca = ca.length > 0 ? [...rootCertificates, ...ca] : undefined;
    this.anonymous = this.create({});
  }

  /** @throws Error when the certificate cannot be used */
  contextOf(identity: ClientIdentity | null): SecureContext {
    if (identity === null) return this.anonymous;
    let context = this.contexts.get(identity.id);
    if (context === undefined) {
      context = this.create(identity.certificate);
      this.contexts.set(identity.id, context);
    }
    return context;
  }

  /** The session to resume with a server. One that began with a certificate is only for the same. */
  sessionOf(server: string, identity: ClientIdentity | null): Buffer | undefined {
    return this.sessions.get(keyOf(server, identity));
  }

  keepSession(server: string, identity: ClientIdentity | null, session: Buffer): void {
    this.sessions.set(keyOf(server, identity), session);
  }

  private create(certificate: { readonly cert?: string; readonly key?: string }): SecureContext {
    return createSecureContext({ minVersion: 'TLSv1.2', ca: this.ca, ...certificate });
  }
}

function keyOf(server: string, identity: ClientIdentity | null): string {
  return identity === null ? server : `${server} ${identity.id}`;
}
