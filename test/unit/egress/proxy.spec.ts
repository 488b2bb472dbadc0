import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AddressPolicy } from '../../../lib/egress/address.policy.js';
import type { EgressClientOptions } from '../../../lib/egress/egress.client.js';
import type { EgressOptions } from '../../../lib/egress/egress.options.js';
import type { HostResolver } from '../../../lib/egress/host.resolver.js';
import { checkedProxy } from '../../../lib/egress/proxy.server.js';
import type { WebhookTransport } from '../../../lib/egress/transport.js';
import { createCertificate } from './support/certificate.js';
import { tunnel } from './support/connect.proxy.js';
import { answer, flood, ok, Receiver, repeat, Script } from './support/receiver.js';
import {
  createClient,
  DOORS,
  FailingResolver,
  HangingResolver,
  LOCAL,
  request,
  ScriptedResolver,
  until,
} from './support/transports.js';

const SERVER = createCertificate('hooks.example.com');
const PROXY = createCertificate('proxy.example.com');
const CLIENT = createCertificate('client');
const TRUSTING = { ca: [SERVER.cert] };
/** The target is public by its name; only the proxy needs to be allowed. */
const NO_NAMES = new FailingResolver();

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

async function start(...args: Parameters<typeof Receiver.start>): Promise<Receiver> {
  const receiver = await Receiver.start(...args);
  cleanups.unshift(() => receiver.stop());
  return receiver;
}

describe.each(DOORS)('%s with a proxy', (_name, create) => {
  function open(
    proxyUrl: string,
    {
      resolver = NO_NAMES,
      egress = LOCAL,
      ...limits
    }: EgressClientOptions & { resolver?: HostResolver; egress?: EgressOptions } = {},
  ): WebhookTransport {
    const proxy = checkedProxy(proxyUrl, new AddressPolicy(egress));
    const transport = create(createClient(egress, resolver, { ...limits, proxy }));
    cleanups.unshift(() => transport.abort());
    return transport;
  }

  it('sends through one tunnel after another, and keeps it for the next request', async () => {
    const receiver = await start(ok, SERVER);
    const proxy = await start(tunnel);
    const transport = open(`http://user%40x:p%3Aw%20d@127.0.0.1:${proxy.port}`, TRUSTING);
    const url = `https://hooks.example.com:${receiver.port}/hook`;
    for (let count = 0; count < 3; count++) {
      expect(await transport.send(request(url))).toMatchObject({ status: 200, body: 'ok' });
    }
    const authority = `hooks.example.com:${receiver.port}`;
    const authorization = `Basic ${Buffer.from('user@x:p:w d').toString('base64')}`;
    expect(proxy.requests).toEqual([
      {
        method: 'CONNECT',
        target: authority,
        headers: {
          host: authority,
          connection: 'keep-alive',
          'proxy-authorization': authorization,
        },
        body: Buffer.alloc(0),
      },
    ]);
    expect([receiver.connections, receiver.requests.length]).toEqual([1, 3]);
    expect(JSON.stringify(receiver.requests)).not.toContain('proxy-');
  });

  it('sends in the clear through a tunnel too', async () => {
    const receiver = await start();
    const proxy = await start(tunnel);
    const transport = open(`http://127.0.0.1:${proxy.port}/`);
    const url = `http://hooks.example.com:${receiver.port}/hook`;
    expect(await transport.send(request(url))).toMatchObject({ status: 200 });
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT' }]);
    expect(proxy.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(receiver.requests).toMatchObject([{ method: 'POST', target: '/hook' }]);
  });

  it('reaches a proxy by its name, over TLS', async () => {
    const receiver = await start(ok, SERVER);
    const proxy = await start(tunnel, PROXY);
    const resolver = new ScriptedResolver();
    const ca = [SERVER.cert, PROXY.cert];
    const transport = open(`https://proxy.example.com:${proxy.port}`, { resolver, ca });
    const url = `https://hooks.example.com:${receiver.port}/`;
    expect(await transport.send(request(url))).toMatchObject({ status: 200 });
    expect(resolver.asked).toEqual(['proxy.example.com']);
  });

  it('gives the credentials to no proxy whose certificate is not trusted', async () => {
    const proxy = await start(tunnel, PROXY);
    const resolver = new ScriptedResolver();
    const transport = open(`https://u:p@proxy.example.com:${proxy.port}`, { resolver });
    const result = await transport.send(request('https://hooks.example.com/'));
    expect(result).toMatchObject({ stage: 'connect', message: expect.stringContaining('SELF') });
    expect(proxy.requests).toEqual([]);
  });

  it.each([
    ['another name', createCertificate('proxy.example.com'), 'hooks.example.com'],
    ['the name of the proxy', createCertificate('proxy.example.com'), '127.0.0.1'],
    ['the past', createCertificate('hooks.example.com', -1), 'hooks.example.com'],
  ])('verifies the receiver: its certificate must not be for %s', async (_, certificate, host) => {
    const receiver = await start(ok, certificate);
    const proxy = await start(tunnel);
    const transport = open(`http://proxy.example.com:${proxy.port}`, {
      resolver: new ScriptedResolver(),
      ca: [certificate.cert],
    });
    const result = await transport.send(request(`https://${host}:${receiver.port}/`));
    expect(result).toMatchObject({ stage: 'tls' });
    expect(receiver.requests).toEqual([]);
  });

  it('verifies the certificate of an address against that address', async () => {
    const certificate = createCertificate('127.0.0.1');
    const receiver = await start(ok, certificate);
    const proxy = await start(tunnel);
    const transport = open(`http://localhost:${proxy.port}`, { ca: [certificate.cert] });
    const url = `https://127.0.0.1:${receiver.port}/`;
    expect(await transport.send(request(url))).toMatchObject({ status: 200 });
  });

  it('shows the receiver the certificate of each subscription, through tunnels of its own', async () => {
    const shown: unknown[] = [];
    const receiver = await start(
      (socket, sent) => {
        shown.push((socket as TLSSocket).getPeerCertificate().subjectaltname);
        ok(socket, sent);
      },
      { ...SERVER, requestCert: true, rejectUnauthorized: false, ca: [CLIENT.cert] },
    );
    const proxy = await start(tunnel);
    const transport = open(`http://127.0.0.1:${proxy.port}`, TRUSTING);
    const url = `https://hooks.example.com:${receiver.port}/`;
    for (const clientCertificate of [CLIENT, null, CLIENT, null]) {
      const sent = await transport.send(request(url, { clientCertificate }));
      expect(sent).toMatchObject({ status: 200 });
    }
    expect(shown).toEqual(['DNS:client', undefined, 'DNS:client', undefined]);
    expect(proxy.connections).toBe(2);
  });

  it.each([
    'https://10.0.0.1/',
    'https://2130706433/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/',
    'https://localhost/',
    'https://metadata.google.internal/',
    'https://db/',
    'http://hooks.example.com/',
    'https://hooks.example.com:22/',
  ])('still judges the URL: it asks for no tunnel to %s', async (url) => {
    const proxy = await start(tunnel);
    const transport = open(`http://proxy.example.com:${proxy.port}`, {
      egress: { deny: ['127.0.0.1'] },
      resolver: new ScriptedResolver([['93.184.216.34']]),
    });
    expect(await transport.send(request(url))).toMatchObject({ stage: 'blocked' });
    expect(proxy.connections).toBe(0);
  });

  it.each([[['127.0.0.1']], [['93.184.216.34', '10.0.0.1']], [['169.254.169.254']]])(
    'judges the proxy: it opens no socket to one at %j, which is a failure that passes',
    async (addresses) => {
      const proxy = await start(tunnel);
      const resolver = new ScriptedResolver([addresses]);
      const transport = open(`http://proxy.example.com:${proxy.port}`, { resolver, egress: {} });
      const result = await transport.send(request('https://hooks.example.com/'));
      expect(result).toMatchObject({
        stage: 'connect',
        message:
          'The proxy opened no connection (its address is not public: add it to egress.allow).',
      });
      expect(proxy.connections).toBe(0);
    },
  );

  it.each<[string, HostResolver, number, string]>([
    ['whose name does not resolve', NO_NAMES, 1, 'connect'],
    ['whose name never resolves', new HangingResolver(), 1, 'timeout'],
    ['where nobody listens', new ScriptedResolver(), 1, 'connect'],
  ])('tells a proxy %s', async (_, resolver, port, stage) => {
    const transport = open(`http://proxy.example.com:${port}`, { resolver, connectTimeout: 100 });
    const result = await transport.send(request('https://hooks.example.com/'));
    expect(result).toMatchObject({ kind: 'failure', stage });
    expect(JSON.stringify(result)).not.toMatch(/127\.0|example\.com/);
  });

  const OK = 'HTTP/1.1 200 OK\r\n';

  it.each<[string, Script, string, string]>([
    ['refuses', answer('HTTP/1.1 403 No\r\ncontent-length: 2\r\n\r\nno'), 'connect', '403'],
    ['wants other credentials', answer('HTTP/1.1 407 No\r\n\r\n'), 'connect', '407'],
    ['cannot reach the receiver', answer('HTTP/1.1 502 No\r\n\r\n'), 'connect', '502'],
    [
      'redirects',
      answer('HTTP/1.1 302 No\r\nlocation: http://10.0.0.1/\r\n\r\n'),
      'connect',
      '302',
    ],
    ['answers with information only', flood('', 'HTTP/1.1 102 P\r\n\r\n'), 'connect', '102'],
    ['says nothing', () => undefined, 'timeout', ''],
    ['drips its headers', repeat(OK, 'a: b\r\n', 10), 'timeout', ''],
    ['sends huge headers', answer(`${OK}a: ${'x'.repeat(20_000)}\r\n\r\n`), 'connect', 'HPE_'],
    ['sends endless headers', flood(OK, 'a: b\r\n'), 'connect', 'HPE_'],
    ['does not speak HTTP', answer('SSH-2.0-OpenSSH_9.6\r\n'), 'connect', 'HPE_'],
    ['closes without an answer', (socket) => socket.end(), 'connect', 'ECONNRESET'],
    ['resets without an answer', (socket) => socket.resetAndDestroy(), 'connect', 'ECONNRESET'],
    ['closes amid the headers', (socket) => socket.end(`${OK}a: b`), 'connect', ''],
    ['answers for the receiver', answer(`${OK}\r\nHTTP/1.1 200 OK\r\n\r\n`), 'connect', 'more'],
    ['closes the tunnel', (socket) => socket.end(`${OK}\r\n`), 'tls', ''],
    [
      'resets the tunnel',
      (socket) => socket.write(`${OK}\r\n`, () => setTimeout(() => socket.resetAndDestroy(), 20)),
      'tls',
      '',
    ],
    [
      'leaves the tunnel empty',
      (socket) => socket.removeAllListeners('data').write(`${OK}\r\n`),
      'timeout',
      '',
    ],
  ])('has a result in time when the proxy %s', async (_, script, stage, told) => {
    const proxy = await start(script);
    const transport = open(`http://us3r:passw0rd@127.0.0.1:${proxy.port}`, { connectTimeout: 300 });
    const result = await transport.send(request('https://hooks.example.com/'));
    expect(result).toMatchObject({ stage, message: expect.stringContaining(told) });
    expect(JSON.stringify(result)).not.toMatch(/127\.0|us3r|passw0rd|example\.com/);
    await until(() => proxy.closed === proxy.connections);
  });

  it('gives up a tunnel that is being opened when aborted', async () => {
    const proxy = await start(() => undefined);
    const transport = open(`http://127.0.0.1:${proxy.port}`);
    const result = transport.send(request('https://hooks.example.com/'));
    await until(() => proxy.requests.length === 1);
    await transport.abort();
    expect(await result).toMatchObject({ stage: 'aborted' });
    await until(() => proxy.closed === 1);
  });
});
