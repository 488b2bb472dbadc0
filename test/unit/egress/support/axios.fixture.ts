import { expect } from '@jest/globals';
import type { AxiosInstance } from 'axios';
import { AxiosTransport } from '../../../../lib/egress/axios.transport.js';
import type { EgressClient } from '../../../../lib/egress/egress.client.js';
import type { TransportResult } from '../../../../lib/egress/transport.js';
import { WebhookHttpService } from '../../../../lib/egress/webhook-http.service.js';
import { Receiver } from './receiver.js';
import { createClient, request, SYSTEM_HEADERS } from './transports.js';

/** The answer of a receiver as it is by default. */
export const ANSWER = { kind: 'answer', status: 200, retryAfter: null, body: 'ok' };

/** An `AxiosTransport`, the receiver it sends to, and a decoy that nothing may reach. */
export class AxiosFixture {
  readonly http = new WebhookHttpService();
  readonly axiosRef: AxiosInstance = this.http.axiosRef;
  readonly transport: AxiosTransport;

  private constructor(
    readonly receiver: Receiver,
    readonly decoy: Receiver,
    private readonly client: EgressClient,
  ) {
    this.transport = new AxiosTransport(client, this.http);
  }

  static async start(): Promise<AxiosFixture> {
    return new AxiosFixture(await Receiver.start(), await Receiver.start(), createClient());
  }

  async stop(): Promise<void> {
    await this.client.abort();
    await Promise.all([this.receiver.stop(), this.decoy.stop()]);
  }

  send(timeout?: number): Promise<TransportResult> {
    const url = `${this.receiver.url}?a=b`;
    return this.transport.send(request(url, timeout === undefined ? {} : { timeout }));
  }
}

/** Expects the one request as it must arrive whatever interceptors do, with headers they may add. */
export function expectSent(fixture: AxiosFixture, extra: Record<string, string> = {}): void {
  expect(fixture.decoy.connections).toBe(0);
  expect(fixture.receiver.requests).toEqual([
    {
      method: 'POST',
      target: '/hook?a=b',
      body: request('').body,
      headers: {
        ...SYSTEM_HEADERS,
        ...extra,
        host: `127.0.0.1:${fixture.receiver.port}`,
        connection: 'keep-alive',
        'accept-encoding': 'identity',
        'content-length': '10',
      },
    },
  ]);
}
