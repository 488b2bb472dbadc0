import { HttpService } from '@nestjs/axios';
import { AxiosHeaders, AxiosInstance, create, InternalAxiosRequestConfig } from 'axios';
import { RequestTicket, TicketConfig } from './request.ticket.js';

/**
 * The HTTP client that carries webhooks: inject it to add interceptors to `axiosRef`.
 *
 * Interceptors may observe requests and answers and add headers. What is sent to whom is fixed:
 * whatever else they, or `axiosRef.defaults`, change is ignored, and a system header of the same name
 * wins. They cannot change the result of an attempt either, except that a request interceptor that
 * throws ends it unsent. Answers resolve whatever their status.
 *
 * The class hides the constructor parameter of `HttpService`, whose injection metadata a subclass
 * inherits: register it with a factory.
 */
export class WebhookHttpService extends HttpService {
  constructor() {
    super(createInstance());
  }
}

function createInstance(): AxiosInstance {
  const instance = create();
  // What axios sends by default is not part of a webhook; and each default costs time per request.
  for (const name of Object.keys(instance.defaults)) {
    Reflect.deleteProperty(instance.defaults, name);
  }
  Object.assign(instance.defaults, { headers: headerDefaults() });

  const { request } = instance.interceptors;
  const clear = request.clear.bind(request);
  const eject = request.eject.bind(request);
  // Axios runs the interceptor first added last. It must not be `synchronous`: in a chain of only
  // such ones, an interceptor that recovers from an error makes axios skip those after it.
  let pinId = request.use(pin);
  request.clear = () => {
    clear();
    pinId = request.use(pin);
  };
  request.eject = (id) => {
    if (id !== pinId) {
      eject(id);
    }
  };
  return instance;
}

/** What an application adds its default headers to. Axios merges for each request those there are. */
function headerDefaults(): object {
  const headers = {};
  for (const group of ['common', 'delete', 'get', 'head', 'post', 'put', 'patch']) {
    const define = (value: unknown): void => {
      const attributes = { configurable: true, enumerable: true, writable: true };
      Object.defineProperty(headers, group, { value, ...attributes });
    };
    const get = (): unknown => {
      define({});
      return Reflect.get(headers, group);
    };
    Object.defineProperty(headers, group, { get, set: define, configurable: true });
  }
  return headers;
}

/** Replaces the config by one that holds nothing that could lead elsewhere. */
function pin(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig & TicketConfig {
  return {
    headers: AxiosHeaders.from(config.headers),
    method: config.method,
    url: config.url,
    adapter: (final) => RequestTicket.of(final).redeem(final),
    webhookTicket: RequestTicket.of(config),
  };
}
