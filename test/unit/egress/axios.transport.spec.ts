import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AxiosError, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { lastValueFrom } from 'rxjs';
import { ANSWER, AxiosFixture, expectSent } from './support/axios.fixture.js';
import { request } from './support/transports.js';

let fixture: AxiosFixture;

beforeEach(async () => {
  fixture = await AxiosFixture.start();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.stop();
});

const CLIENT_FAILURE = { kind: 'failure', stage: 'client' };

/** An interceptor that fails. */
function fail(): never {
  throw new TypeError('secret v1,c2ln');
}

describe('AxiosTransport with interceptors', () => {
  it('gives interceptors a copy of the body', async () => {
    fixture.axiosRef.interceptors.request.use((config) => {
      if (Buffer.isBuffer(config.data)) config.data.fill(0);
      return config;
    });
    expect(await fixture.send()).toEqual(ANSWER);
    expectSent(fixture);
  });

  it('shows them the request and the answer', async () => {
    const seen: unknown[] = [];
    fixture.axiosRef.interceptors.request.use((config) => {
      seen.push(config.method, config.url, config.headers.get('webhook-id'), String(config.data));
      return config;
    });
    fixture.axiosRef.interceptors.response.use((response) => {
      seen.push(response.status, response.data, response.headers['content-length']);
      return response;
    });
    await fixture.send();
    await new Promise(setImmediate);
    const body = String(request('').body);
    expect(seen).toEqual(['post', `${fixture.receiver.url}?a=b`, 'evt_1', body, 200, 'ok', '2']);
  });

  it.each<[string, (config: InternalAxiosRequestConfig) => InternalAxiosRequestConfig]>([
    ['throws', fail],
    [
      'drops the ticket',
      (config) => ({ url: fixture.decoy.url, method: 'get', headers: config.headers }),
    ],
  ])('sends nothing when an interceptor %s, and says so', async (_what, interceptor) => {
    fixture.axiosRef.interceptors.request.use(interceptor);
    const result = await fixture.send();
    expect(result).toMatchObject(CLIENT_FAILURE);
    expect(result).toMatchObject({ message: expect.stringContaining('interceptor') });
    expect(JSON.stringify(result)).not.toMatch(/secret|c2ln/);
    expect([fixture.receiver.connections, fixture.decoy.connections]).toEqual([0, 0]);
  });

  it('pins the request also when interceptors recover, are cleared or ejected', async () => {
    const { request: requests } = fixture.axiosRef.interceptors;
    requests.clear();
    for (let id = 0; id < 5; id += 1) requests.eject(id);
    const options = { synchronous: true };
    requests.use(fail, () => ({ url: fixture.decoy.url, adapter: 'http' }), options);
    requests.use(
      (config) => Object.assign(config, { adapter: 'http', url: fixture.decoy.url }),
      undefined,
      options,
    );
    expect(await fixture.send()).toMatchObject(CLIENT_FAILURE);
    requests.clear();
    requests.use(
      (config) => Object.assign(config, { adapter: 'http', url: fixture.decoy.url }),
      undefined,
      options,
    );
    fixture.axiosRef.defaults.transitional = { legacyInterceptorReqResOrdering: false };
    expect(await fixture.send()).toEqual(ANSWER);
    expectSent(fixture);
  });

  it('ends with the deadline when an interceptor hangs, and sends nothing later', async () => {
    let resume: ((config: InternalAxiosRequestConfig) => void) | undefined;
    let held: InternalAxiosRequestConfig | undefined;
    fixture.axiosRef.interceptors.request.use((config) => {
      held = config;
      return new Promise((resolve) => (resume = resolve));
    });
    const result = await fixture.send(50);
    expect(result).toMatchObject({ kind: 'failure', stage: 'timeout' });
    expect(held).toBeDefined();
    if (held) resume?.(held);
    await new Promise(setImmediate);
    expect(fixture.receiver.connections).toBe(0);
  });

  it.each<[string, (response: AxiosResponse) => AxiosResponse | Promise<AxiosResponse>]>([
    ['throws', fail],
    ['hangs', () => new Promise<never>(() => undefined)],
  ])('keeps the result when a response interceptor %s', async (what, interceptor) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    fixture.axiosRef.interceptors.response.use(interceptor);
    expect([await fixture.send(), await fixture.send()]).toEqual([ANSWER, ANSWER]);
    await new Promise(setImmediate);
    expect(warn).toHaveBeenCalledTimes(what === 'throws' ? 1 : 0);
    expect(String(warn.mock.calls)).not.toContain('secret');
  });

  it('lets no interceptor send a request twice', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const failures: unknown[] = [];
    fixture.axiosRef.interceptors.response.use((response) =>
      fixture.axiosRef.request(response.config).catch((error: unknown) => {
        failures.push(error);
        throw error;
      }),
    );
    expect(await fixture.send()).toEqual(ANSWER);
    await new Promise(setImmediate);
    expect(failures).toMatchObject([{ code: 'WEBHOOKS_HTTP_SERVICE_MISUSE' }]);
    expectSent(fixture);
  });

  it('hands failures to interceptors without what was sent', async () => {
    const failures: unknown[] = [];
    fixture.axiosRef.interceptors.response.use(undefined, (error: AxiosError) => {
      failures.push(error.isAxiosError, error.config);
      throw error;
    });
    fixture.receiver.onConnection = (socket) => socket.resetAndDestroy();
    expect(await fixture.send()).toMatchObject({ kind: 'failure', stage: 'connect' });
    await new Promise(setImmediate);
    expect(failures).toEqual([true, undefined]);
  });

  it('refuses other use of the service', async () => {
    const misuse = { code: 'WEBHOOKS_HTTP_SERVICE_MISUSE' };
    await expect(lastValueFrom(fixture.http.get(fixture.decoy.url))).rejects.toMatchObject(misuse);
    await expect(fixture.axiosRef.post(fixture.decoy.url, {})).rejects.toMatchObject(misuse);
    await expect(
      fixture.axiosRef.post(fixture.decoy.url, {}, { adapter: 'http' }),
    ).rejects.toMatchObject(misuse);
    expect(fixture.decoy.connections).toBe(0);
  });
});
