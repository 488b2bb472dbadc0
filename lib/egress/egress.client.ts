import type { Clock } from '../platform/clock.js';
import type { AddressPolicy } from './address.policy.js';
import { BlockedUrlError } from './blocked-url.error.js';
import { identityOf } from './client.identity.js';
import { Connection, ConnectionPool } from './connection.pool.js';
import { Exchange } from './exchange.js';
import { ConnectorOptions, GuardedConnector } from './guarded.connector.js';
import type { HostResolver } from './host.resolver.js';
import type { TransportRequest } from './transport.js';
import type { UrlPolicy } from './url.policy.js';

/** Settings of {@link EgressClient}. */
export interface EgressClientOptions extends ConnectorOptions {
  /**
   * Bytes of an answer that are read; then the connection is closed.
   * @default 16384
   */
  readonly answerLimit?: number;
}

/**
 * The one way out: guard, connections and deadlines, which all transports share. HTTP/1.1, no redirects,
 * no decompression.
 */
export class EgressClient {
  private readonly pool: ConnectionPool;
  private readonly inFlight = new Map<Exchange, Connection | null>();
  private readonly answerLimit: number;
  private aborted = false;

  constructor(
    private readonly urls: UrlPolicy,
    addresses: AddressPolicy,
    resolver: HostResolver,
    private readonly clock: Clock,
    options: EgressClientOptions = {},
  ) {
    this.answerLimit = options.answerLimit ?? 16_384;
    this.pool = new ConnectionPool(new GuardedConnector(addresses, resolver, clock, options));
  }

  /** Begins an exchange: its deadline runs, nothing is sent yet. */
  open(request: TransportRequest): Exchange {
    const { answerLimit = this.answerLimit } = request;
    const exchange = new Exchange(request, this.clock, answerLimit, this.forget);
    this.inFlight.set(exchange, null);
    if (this.aborted) {
      exchange.stop('aborted', 'This process is shutting down.');
    }
    return exchange;
  }

  /**
   * Sends the request of an exchange, unless it has ended. A refused URL ends it, stage `blocked`.
   *
   * @param extraHeaders valid headers that do not occur in the request: name, value, name, value…
   */
  dispatch(exchange: Exchange, extraHeaders: readonly string[] = []): void {
    if (exchange.ended) {
      return;
    }
    const { request } = exchange;
    let url: URL;
    try {
      url = this.urls.parse(request.url);
    } catch (error) {
      exchange.stop(
        'blocked',
        error instanceof BlockedUrlError ? error.message : 'The URL cannot be used.',
      );
      return;
    }
    const headers = [...extraHeaders, 'accept-encoding', 'identity'];
    for (const name of Object.keys(request.headers)) {
      if (name !== 'accept-encoding') {
        headers.push(name, request.headers[name] ?? '');
      }
    }
    const connection = this.pool.acquire(url.origin, identityOf(request.clientCertificate));
    this.inFlight.set(exchange, connection);
    connection.client.dispatch(
      {
        path: url.pathname + url.search,
        method: request.method,
        headers,
        body: request.body,
        // Undici otherwise closes the connection after a DELETE with a body.
        reset: false,
      },
      exchange,
    );
  }

  /** Ends what is in flight with stage `aborted`, unless its status has arrived, and closes all. */
  async abort(): Promise<void> {
    this.aborted = true;
    for (const exchange of this.inFlight.keys()) {
      exchange.stop('aborted', 'This process stopped the request.');
    }
    await this.pool.abort();
  }

  private readonly forget = (exchange: Exchange, whole: boolean): void => {
    const connection = this.inFlight.get(exchange);
    this.inFlight.delete(exchange);
    if (connection) {
      this.pool.release(connection, whole);
    }
  };
}
