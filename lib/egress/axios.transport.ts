import { Logger } from '@nestjs/common';
import type { EgressClient } from './egress.client.js';
import type { Exchange } from './exchange.js';
import { HttpServiceMisuseError } from './http-service-misuse.error.js';
import { RequestTicket, TicketConfig } from './request.ticket.js';
import { TransportRequest, TransportResult, WebhookTransport } from './transport.js';
import type { WebhookHttpService } from './webhook-http.service.js';

// Another order would let interceptors run after the one that fixes the request.
const TRANSITIONAL = { legacyInterceptorReqResOrdering: true };

const UNSENT = 'A request interceptor of the application ended the request unsent.';

/** Sends through `WebhookHttpService.axiosRef`, so that the application's interceptors run. */
export class AxiosTransport extends WebhookTransport {
  private readonly logger = new Logger(AxiosTransport.name);
  private warned = false;

  constructor(
    private readonly client: EgressClient,
    private readonly http: WebhookHttpService,
  ) {
    super();
  }

  send(request: TransportRequest): Promise<TransportResult> {
    const exchange = this.client.open(request);
    if (!exchange.ended) {
      void this.request(exchange);
    }
    // Interceptors may hang or fail after the answer: the exchange alone decides.
    return exchange.result;
  }

  abort(): Promise<void> {
    return this.client.abort();
  }

  private async request(exchange: Exchange): Promise<void> {
    const { url, method, headers, body } = exchange.request;
    const ticket = new RequestTicket(this.client, exchange);
    const config: TicketConfig = {
      url,
      method,
      headers,
      // A copy, because interceptors could write into it.
      data: Buffer.from(body),
      transitional: TRANSITIONAL,
      webhookTicket: ticket,
    };
    try {
      await this.http.axiosRef.request(config);
      this.stopUnsent(exchange, ticket, UNSENT);
    } catch (error) {
      this.stopUnsent(
        exchange,
        ticket,
        error instanceof HttpServiceMisuseError ? error.message : UNSENT,
      );
      this.warnOnce(exchange, error);
    }
  }

  private stopUnsent(exchange: Exchange, ticket: RequestTicket, reason: string): void {
    if (!ticket.redeemed) {
      exchange.stop('client', reason);
    }
  }

  private warnOnce(exchange: Exchange, error: unknown): void {
    if (exchange.answered && !this.warned) {
      this.warned = true;
      // Only the name: the message of a foreign error may hold anything.
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.warn(
        `A response interceptor of the application failed (${name}); attempts keep their results. ` +
          'Catch errors in the interceptor. Further failures are not logged.',
      );
    }
  }
}
