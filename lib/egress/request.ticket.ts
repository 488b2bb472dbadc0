import { AxiosError } from 'axios';
import type { AxiosRequestConfig, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import type { EgressClient } from './egress.client.js';
import type { Exchange } from './exchange.js';
import { extraHeaders } from './header.filter.js';
import { HttpServiceMisuseError } from './http-service-misuse.error.js';

/** A config that carries a ticket. Interceptors see it and have no use for it. */
export interface TicketConfig extends AxiosRequestConfig {
  readonly webhookTicket: RequestTicket;
}

/**
 * Stands for one exchange in an axios config, and can be redeemed once. URL, method, headers and body
 * are the exchange's own: nothing that interceptors do to the config reaches them.
 */
export class RequestTicket {
  readonly #client: EgressClient;
  readonly #exchange: Exchange;
  #redeemed = false;

  constructor(client: EgressClient, exchange: Exchange) {
    this.#client = client;
    this.#exchange = exchange;
  }

  /** @throws HttpServiceMisuseError when the config carries no ticket */
  static of(config: object): RequestTicket {
    const ticket: unknown = Reflect.get(config, 'webhookTicket');
    if (!(ticket instanceof RequestTicket)) {
      throw new HttpServiceMisuseError('carries webhook requests only.');
    }
    return ticket;
  }

  get redeemed(): boolean {
    return this.#redeemed;
  }

  /**
   * Sends the request, with what interceptors added to its headers.
   *
   * @returns the answer, whatever its status
   * @throws AxiosError when there is none; without the config, which holds signature and payload
   * @throws HttpServiceMisuseError at the second call, or when a header is not valid
   */
  async redeem(config: InternalAxiosRequestConfig): Promise<AxiosResponse<string>> {
    if (this.#redeemed) {
      throw new HttpServiceMisuseError('sends a request once.');
    }
    const exchange = this.#exchange;
    const extra = extraHeaders(config.headers, exchange.request.headers);
    this.#redeemed = true;
    this.#client.dispatch(exchange, extra);
    const result = await exchange.result;
    if (result.kind === 'failure') {
      throw new AxiosError(result.message, AxiosError.ERR_NETWORK);
    }
    const headers = definedHeaders(exchange.headers);
    return { status: result.status, statusText: '', headers, data: result.body, config };
  }
}

function definedHeaders(headers: Exchange['headers']): Record<string, string | string[]> {
  const defined: Record<string, string | string[]> = {};
  for (const name of Object.keys(headers)) {
    defined[name] = headers[name] ?? '';
  }
  return defined;
}
