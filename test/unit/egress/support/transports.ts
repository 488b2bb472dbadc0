import { AddressPolicy } from '../../../../lib/egress/address.policy.js';
import { AxiosTransport } from '../../../../lib/egress/axios.transport.js';
import { DirectTransport } from '../../../../lib/egress/direct.transport.js';
import { EgressClient, EgressClientOptions } from '../../../../lib/egress/egress.client.js';
import type { EgressOptions } from '../../../../lib/egress/egress.options.js';
import { HostResolver, ResolvedAddress } from '../../../../lib/egress/host.resolver.js';
import type { TransportRequest, WebhookTransport } from '../../../../lib/egress/transport.js';
import { UrlPolicy } from '../../../../lib/egress/url.policy.js';
import { WebhookHttpService } from '../../../../lib/egress/webhook-http.service.js';
import { SystemClock } from '../../../../lib/platform/system.clock.js';

export const LOCAL: EgressOptions = { allow: ['127.0.0.1/32'], http: true };

/** Answers each question with the next list, and with the last one ever after; once the gate opens. */
export class ScriptedResolver extends HostResolver {
  readonly asked: string[] = [];

  constructor(
    private readonly lists: readonly (readonly string[])[] = [['127.0.0.1']],
    private readonly gate?: Promise<void>,
  ) {
    super();
  }

  async resolve(hostname: string): Promise<readonly ResolvedAddress[]> {
    const list = this.lists[Math.min(this.asked.length, this.lists.length - 1)] ?? [];
    this.asked.push(hostname);
    await this.gate;
    return list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
}

/** Finds no name. */
export class FailingResolver extends HostResolver {
  resolve(hostname: string): Promise<never> {
    return Promise.reject(
      Object.assign(new Error(`getaddrinfo ${hostname}`), { code: 'ENOTFOUND' }),
    );
  }
}

/** Never answers. */
export class HangingResolver extends HostResolver {
  resolve(): Promise<never> {
    return new Promise(() => undefined);
  }
}

export function createClient(
  options: EgressOptions = LOCAL,
  resolver: HostResolver = new ScriptedResolver(),
  limits: EgressClientOptions = {},
): EgressClient {
  const addresses = new AddressPolicy(options);
  const urls = new UrlPolicy(options, addresses);
  return new EgressClient(urls, addresses, resolver, new SystemClock(), limits);
}

/** Both doors to the one guarded client. */
export const DOORS: readonly (readonly [string, (client: EgressClient) => WebhookTransport])[] = [
  ['DirectTransport', (client) => new DirectTransport(client)],
  ['AxiosTransport', (client) => new AxiosTransport(client, new WebhookHttpService())],
];

export const SYSTEM_HEADERS = {
  'content-type': 'application/json',
  'user-agent': 'nestjs-webhooks',
  'webhook-id': 'evt_1',
  'webhook-signature': 'v1,c2lnbmF0dXJl',
};

export function request(url: string, overrides: Partial<TransportRequest> = {}): TransportRequest {
  const body = Buffer.from(' {"a": 1} ');
  return { url, method: 'POST', headers: SYSTEM_HEADERS, body, timeout: 3000, ...overrides };
}

/** Resolves when the condition holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
