import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANSWER, AxiosFixture, expectSent } from './support/axios.fixture.js';

let fixture: AxiosFixture;

beforeEach(async () => {
  fixture = await AxiosFixture.start();
});

afterEach(async () => {
  await fixture.stop();
});

/** Settings that would send the request elsewhere, change it, or lose its answer. */
const TRAPS: readonly (readonly [string, () => Record<string, unknown>])[] = [
  ['proxy', () => ({ proxy: { host: '127.0.0.1', port: fixture.decoy.port, protocol: 'http' } })],
  ['httpVersion', () => ({ httpVersion: 2 })],
  ['adapter: fetch', () => ({ adapter: 'fetch' })],
  ['adapter: http', () => ({ adapter: 'http' })],
  ['adapter: own', () => ({ adapter: () => Promise.reject(new Error('own adapter')) })],
  [
    'socketPath',
    () => ({ socketPath: '/nonexistent.sock', allowedSocketPaths: ['/nonexistent.sock'] }),
  ],
  ['transport', () => ({ transport: { request: () => httpRequest(fixture.decoy.url) } })],
  ['baseURL', () => ({ baseURL: fixture.decoy.url, allowAbsoluteUrls: false })],
  ['params', () => ({ params: { injected: '1' } })],
  ['transformRequest', () => ({ transformRequest: [() => 'changed'] })],
  [
    'transformResponse',
    () => ({
      transformResponse: [
        () => {
          throw new Error('transform');
        },
      ],
    }),
  ],
  ['validateStatus', () => ({ validateStatus: () => false })],
  ['maxContentLength', () => ({ maxContentLength: 1 })],
  ['maxBodyLength', () => ({ maxBodyLength: 1 })],
  ['responseType', () => ({ responseType: 'stream' })],
  ['timeout', () => ({ timeout: 1 })],
  ['signal', () => ({ signal: AbortSignal.abort() })],
  ['auth', () => ({ auth: { username: 'a', password: 'b' } })],
  ['maxRedirects', () => ({ maxRedirects: 5, beforeRedirect: () => undefined })],
  [
    'lookup',
    () => ({
      lookup: (_: string, callback: (...args: unknown[]) => void) => callback(null, '127.0.0.2'),
    }),
  ],
  ['agents', () => ({ httpAgent: {}, httpsAgent: {} })],
  ['decompress', () => ({ decompress: true, responseEncoding: 'latin1' })],
];

/** Settings that only a request has. */
const REQUEST_TRAPS: typeof TRAPS = [
  ...TRAPS,
  ['url', () => ({ url: fixture.decoy.url })],
  ['data: url', () => ({ url: 'data:text/plain,hello' })],
  ['file: url', () => ({ url: 'file:///etc/passwd' })],
  ['method', () => ({ method: 'get' })],
  ['data', () => ({ data: 'changed' })],
];

describe('AxiosTransport against settings of interceptors', () => {
  it.each(REQUEST_TRAPS)('is unmoved by an interceptor that sets %s', async (_name, settings) => {
    fixture.axiosRef.interceptors.request.use((config) => Object.assign(config, settings()));
    expect(await fixture.send()).toEqual(ANSWER);
    expectSent(fixture);
  });

  it.each(REQUEST_TRAPS)('is unmoved by a new config with %s', async (_name, settings) => {
    fixture.axiosRef.interceptors.request.use(
      (config) => ({ ...config, ...settings() }),
      undefined,
      {
        synchronous: true,
      },
    );
    expect(await fixture.send()).toEqual(ANSWER);
    expectSent(fixture);
  });

  it.each(TRAPS)('is unmoved by defaults with %s', async (_name, settings) => {
    Object.assign(fixture.axiosRef.defaults, settings());
    expect(await fixture.send()).toEqual(ANSWER);
    expectSent(fixture);
  });

  it('is unmoved by proxies of the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      HTTP_PROXY: fixture.decoy.url,
      http_proxy: fixture.decoy.url,
      NO_PROXY: '',
    });
    try {
      expect(await fixture.send()).toEqual(ANSWER);
    } finally {
      process.env = before;
    }
    expectSent(fixture);
  });

  it('lets interceptors and defaults add headers', async () => {
    const { headers } = fixture.axiosRef.defaults;
    headers.common['X-Default'] = 'd';
    headers.post['X-Post'] = 'p';
    headers.put = { 'X-Put': 'not for this one' };
    fixture.axiosRef.interceptors.request.use((config) => {
      config.headers.set('X-Trace', 'abc');
      config.headers['X-Number'] = 7;
      config.headers['X-None'] = null;
      return config;
    });
    expect(await fixture.send()).toEqual(ANSWER);
    const added = { 'x-default': 'd', 'x-post': 'p', 'x-trace': 'abc', 'x-number': '7' };
    expectSent(fixture, added);
  });

  it.each(['Webhook-Signature', 'WEBHOOK-ID', 'User-Agent', 'Content-Type'])(
    'lets no interceptor overwrite or remove the system header %s',
    async (name) => {
      fixture.axiosRef.interceptors.request.use((config) => {
        config.headers.set(name, 'forged', true);
        return config;
      });
      expect(await fixture.send()).toEqual(ANSWER);
      fixture.axiosRef.interceptors.request.use((config) => {
        config.headers.clear();
        return config;
      });
      expect(await fixture.send()).toEqual(ANSWER);
      expect(fixture.receiver.requests[0]).toEqual(fixture.receiver.requests[1]);
      fixture.receiver.requests.pop();
      expectSent(fixture);
    },
  );

  it('lets no interceptor set headers that frame or route the message', async () => {
    const headers = {
      Host: 'forged',
      'Content-Length': '1',
      'Transfer-Encoding': 'chunked',
      Connection: 'close',
      Expect: '100-continue',
      'Content-Encoding': 'gzip',
      'Accept-Encoding': 'gzip',
      'Proxy-Authorization': 'x',
      Upgrade: 'h2c',
    };
    fixture.axiosRef.interceptors.request.use((config) => Object.assign(config, { headers }));
    expect(await fixture.send()).toEqual(ANSWER);
    expectSent(fixture);
  });

  it('lets no interceptor inject a header into another', async () => {
    fixture.axiosRef.interceptors.request.use((config) => {
      config.headers['X-Trace'] = 'a\r\nX-Injected: 1';
      return config;
    });
    expect(await fixture.send()).toEqual(ANSWER);
    expectSent(fixture, { 'x-trace': 'aX-Injected: 1' });
  });

  it.each<[string, string]>([
    ['x-trace: 1\r\nx-injected', 'a'],
    ['x trace', 'a'],
    ['x-trace', 'café ☕'],
  ])('refuses the header name %j or its value %j', async (name, value) => {
    fixture.axiosRef.interceptors.request.use((config) => {
      Object.assign(config.headers, { [name]: value });
      return config;
    });
    const result = await fixture.send();
    expect(result).toMatchObject({ kind: 'failure', stage: 'client' });
    expect(result).toMatchObject({ message: expect.stringContaining('interceptor') });
    expect(JSON.stringify(result)).not.toMatch(/trace|caf/);
    expect(fixture.receiver.connections).toBe(0);
  });
});
