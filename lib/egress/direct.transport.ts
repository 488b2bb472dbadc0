import type { EgressClient } from './egress.client.js';
import { TransportRequest, TransportResult, WebhookTransport } from './transport.js';

/** Sends without axios: half the cost, and no interceptors. */
export class DirectTransport extends WebhookTransport {
  constructor(private readonly client: EgressClient) {
    super();
  }

  send(request: TransportRequest): Promise<TransportResult> {
    const exchange = this.client.open(request);
    this.client.dispatch(exchange);
    return exchange.result;
  }

  abort(): Promise<void> {
    return this.client.abort();
  }
}
