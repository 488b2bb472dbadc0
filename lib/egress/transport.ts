import type { ClientCertificate } from '../store/subscription-credentials.record.js';

/** One HTTP request to a receiver. */
export interface TransportRequest {
  /** Absolute URL; judged by the egress policy before a socket is opened. */
  readonly url: string;
  /** Upper-case HTTP method. */
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body: Buffer;
  /** Milliseconds for everything: name, connection, request, headers and body of the answer. */
  readonly timeout: number;
  /** Shown in the TLS handshake; its connections are shared with no other certificate. */
  readonly clientCertificate?: ClientCertificate | null;
  /** Bytes of the answer that are read. @default the client's limit */
  readonly answerLimit?: number | undefined;
}

/** The receiver answered: its status, and the first bytes of its body. */
export interface TransportAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Text of the `retry-after` header; null without one. */
  readonly retryAfter: string | null;
  /** The body as text, cut at the limit; what did not arrive in time is left out. */
  readonly body: string;
}

/** No usable answer: at what stage it went wrong. */
export interface TransportFailure {
  readonly kind: 'failure';
  /**
   * `aborted`: this process stopped the request, see {@link WebhookTransport.abort}; `client`: it could
   * not make one, because of an interceptor of the application or an invalid header.
   */
  readonly stage:
    'timeout' | 'connect' | 'dns' | 'tls' | 'blocked' | 'too_large' | 'aborted' | 'client';
  /** For support: says what happened; holds no address, header or payload. */
  readonly message: string;
}

export type TransportResult = TransportAnswer | TransportFailure;

/** Sends requests to URLs that strangers chose: guarded, pooled, bounded in time and size. */
export abstract class WebhookTransport {
  /** Never rejects: whatever happens is a result. Redirects are answers, not followed. */
  abstract send(request: TransportRequest): Promise<TransportResult>;

  /**
   * Ends all requests in flight with stage `aborted` (those whose status has arrived, with what was
   * read of the answer) and closes every connection. Requests sent afterwards end `aborted` at once.
   */
  abstract abort(): Promise<void>;
}
