import type { Clock } from '../platform/clock.js';
import type { AddressPolicy } from './address.policy.js';
import { BlockedUrlError } from './blocked-url.error.js';
import { ConnectionPools } from './connection.pools.js';
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
 * The one way out: guard, connections and deadlines, which all transports share. HTTP/1.1, no proxy,
 * no redirects, no decompression.
 */
export class EgressClient {
  private readonly pools: ConnectionPools;
  private readonly inFlight = new Set<Exchange>();
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
    this.pools = new ConnectionPools(new GuardedConnector(addresses, resolver, clock, options));
  }

  /** Begins an exchange: its deadline runs, nothing is sent yet. A refused URL ends it at once. */
  open(request: TransportRequest): Exchange {
    const exchange = new Exchange(request, this.clock, this.answerLimit, this.forget);
    this.inFlight.add(exchange);
    if (this.aborted) {
      exchange.stop('aborted', 'This process is shutting down.');
    }
    return exchange;
  }

  /**
   * Sends the request of an exchange, unless it has ended.
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
      exchange.stop('blocked', error instanceof BlockedUrlError ? error.message : 'Refused.');
      return;
    }
    const headers = [...extraHeaders, 'accept-encoding', 'identity'];
    for (const name of Object.keys(request.headers)) {
      if (name !== 'accept-encoding') {
        headers.push(name, request.headers[name] ?? '');
      }
    }
    this.pools.dispatch(
      url.origin,
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
    for (const exchange of this.inFlight) {
      exchange.stop('aborted', 'This process stopped the request.');
    }
    await this.pools.abort();
  }

  private readonly forget = (exchange: Exchange): void => {
    this.inFlight.delete(exchange);
  };
}
