import { LRUCache } from 'lru-cache';
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

interface Target {
  readonly origin: string;
  readonly path: string;
}

const MOST_TARGETS = 1_024;

/**
 * The one way out: guard, connections and deadlines, which all transports share. HTTP/1.1, no redirects,
 * no decompression.
 */
export class EgressClient {
  private readonly pool: ConnectionPool;
  private readonly inFlight = new Map<Exchange, Connection | null>();
  private readonly answerLimit: number;
  /** URLs used last that the policy allows: its rules do not change, and judging costs as much as signing. */
  private readonly targets = new LRUCache<string, Target>({ max: MOST_TARGETS });
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
    let target: Target;
    try {
      target = this.targetOf(request.url);
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
    const connection = this.pool.acquire(target.origin, identityOf(request.clientCertificate));
    this.inFlight.set(exchange, connection);
    connection.client.dispatch(
      {
        path: target.path,
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

  /** @throws BlockedUrlError when the URL is refused */
  private targetOf(url: string): Target {
    let target = this.targets.get(url);
    if (target === undefined) {
      const { origin, pathname, search } = this.urls.parse(url);
      target = { origin, path: pathname + search };
      this.targets.set(url, target);
    }
    return target;
  }

  private readonly forget = (exchange: Exchange, whole: boolean): void => {
    const connection = this.inFlight.get(exchange);
    this.inFlight.delete(exchange);
    if (connection) {
      this.pool.release(connection, whole);
    }
  };
}
