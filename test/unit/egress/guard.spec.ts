import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { EgressOptions } from '../../../lib/egress/egress.options.js';
import { HostResolver } from '../../../lib/egress/host.resolver.js';
import type { WebhookTransport } from '../../../lib/egress/transport.js';
import { createCertificate } from './support/certificate.js';
import { ok, Receiver } from './support/receiver.js';
import {
  createClient,
  DOORS,
  FailingResolver,
  HangingResolver,
  LOCAL,
  request,
  ScriptedResolver,
} from './support/transports.js';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

async function start(...args: Parameters<typeof Receiver.start>): Promise<Receiver> {
  const receiver = await Receiver.start(...args);
  cleanups.unshift(() => receiver.stop());
  return receiver;
}

/** Changes the environment that Node sees: Jest gives tests a copy, a thread shares the real one. */
function setRealEnv(code: string): Promise<void> {
  const worker = new Worker(code, { eval: true, env: SHARE_ENV });
  return new Promise((resolve) => worker.once('exit', () => resolve()));
}

describe.each(DOORS)('the guard of %s', (_name, create) => {
  function open(...args: Parameters<typeof createClient>): WebhookTransport {
    const transport = create(createClient(...args));
    cleanups.unshift(() => transport.abort());
    return transport;
  }

  it.each<[string, string[]]>([
    ['a denied address', ['127.0.0.1']],
    ['a denied address among public ones', ['93.184.216.34', '127.0.0.1']],
    ['a denied IPv6 address among public ones', ['93.184.216.34', '::1']],
    ['an IPv4 address in IPv6 notation', ['::ffff:127.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['no address at all', ['not-an-address']],
  ])('opens no socket to a name that resolves to %s', async (_what, addresses) => {
    const receiver = await start();
    const transport = open({ http: true }, new ScriptedResolver([addresses]));
    const result = await transport.send(request(`http://hooks.example.com:${receiver.port}/`));
    expect(result).toMatchObject({ kind: 'failure', stage: 'blocked' });
    expect(JSON.stringify(result)).not.toMatch(/127|169|::1|hooks/);
    expect(receiver.connections).toBe(0);
  });

  it('judges anew when a name resolves to something else later', async () => {
    const receiver = await start((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'),
    );
    const resolver = new ScriptedResolver([['127.0.0.1'], ['127.0.0.2']]);
    const transport = open(LOCAL, resolver);
    const url = `http://hooks.example.com:${receiver.port}/`;
    expect(await transport.send(request(url))).toMatchObject({ kind: 'answer', status: 200 });
    expect(await transport.send(request(url))).toMatchObject({ stage: 'blocked' });
    expect(resolver.asked).toEqual(['hooks.example.com', 'hooks.example.com']);
    expect(receiver.connections).toBe(1);
  });

  it.each([
    'http://127.0.0.1',
    'http://2130706433',
    'http://[::ffff:127.0.0.1]',
    'http://localhost',
  ])('opens no socket to %s, and asks no resolver', async (origin) => {
    const receiver = await start();
    const resolver = new ScriptedResolver();
    const transport = open({ http: true }, resolver);
    const result = await transport.send(request(`${origin}:${receiver.port}/`));
    expect(result).toMatchObject({ kind: 'failure', stage: 'blocked' });
    expect([resolver.asked.length, receiver.connections]).toEqual([0, 0]);
  });

  it('checks once more where the socket has really arrived', async () => {
    const receiver = await start();
    // Linux connects 0.0.0.0 to loopback: an address that was judged leads to one that was not.
    const transport = open(
      { http: true, allow: ['0.0.0.0/32'] },
      new ScriptedResolver([['0.0.0.0']]),
    );
    const result = await transport.send(request(`http://hooks.example.com:${receiver.port}/`));
    expect(['blocked', 'connect']).toContain(result.kind === 'failure' ? result.stage : 'answer');
    expect(receiver.requests).toEqual([]);
  });

  it('reaches localhost at the allowed loopback address, whatever the resolver says', async () => {
    const receiver = await start();
    const resolver = new ScriptedResolver([['93.184.216.34']]);
    const result = await open(LOCAL, resolver).send(request(`http://localhost:${receiver.port}/`));
    expect(result).toMatchObject({ kind: 'answer', status: 200 });
    expect(resolver.asked).toEqual([]);
  });

  it('tries the next address when one does not answer', async () => {
    const receiver = await start();
    const options: EgressOptions = { http: true, allow: ['127.0.0.0/8', '::1'] };
    const resolver = new ScriptedResolver([['::1', '127.0.0.1']]);
    const result = await open(options, resolver).send(
      request(`http://hooks.example.com:${receiver.port}/`),
    );
    expect(result).toMatchObject({ kind: 'answer', status: 200 });
  });

  it.each<[string, HostResolver]>([
    ['does not resolve', new FailingResolver()],
    ['has no address', new ScriptedResolver([[]])],
  ])('tells a name that %s from a refusal', async (_what, resolver) => {
    const result = await open(LOCAL, resolver).send(request('http://hooks.example.com:8080/'));
    expect(result).toMatchObject({ kind: 'failure', stage: 'dns' });
    expect(JSON.stringify(result)).not.toContain('hooks');
  });

  it('tells a port where nobody listens', async () => {
    const receiver = await Receiver.start();
    const { url } = receiver;
    await receiver.stop();
    const result = await open().send(request(url));
    expect(result).toMatchObject({ kind: 'failure', stage: 'connect' });
    expect(result).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(result)).not.toContain('127');
  });

  it('limits the time for connecting', async () => {
    const transport = open(LOCAL, new HangingResolver(), { connectTimeout: 100 });
    const result = await transport.send(request('http://hooks.example.com:8080/'));
    expect(result).toMatchObject({ kind: 'failure', stage: 'timeout' });
    expect(result).toMatchObject({ message: expect.stringContaining('connection') });
  });

  describe('over TLS', () => {
    const good = createCertificate('hooks.example.com');

    it('sends to a receiver whose certificate is trusted, and resumes its session', async () => {
      const reused: boolean[] = [];
      const receiver = await start((socket) => {
        reused.push(socket instanceof TLSSocket && socket.isSessionReused());
        socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      }, good);
      const transport = open({ allow: ['127.0.0.1'] }, new ScriptedResolver(), { ca: [good.cert] });
      for (const path of ['a', 'b']) {
        const url = `https://hooks.example.com:${receiver.port}/${path}`;
        expect(await transport.send(request(url))).toMatchObject({ kind: 'answer', status: 200 });
      }
      expect(reused).toEqual([false, true]);
    });

    it.each([
      ['is self-signed', createCertificate('hooks.example.com'), []],
      ['is for another name', createCertificate('other.example.com'), 'trusted'],
      ['has expired', createCertificate('hooks.example.com', -1), 'trusted'],
    ])('refuses a receiver whose certificate %s', async (_what, certificate, trust) => {
      const receiver = await start(ok, certificate);
      const ca = trust === 'trusted' ? [certificate.cert] : [];
      const transport = open({ allow: ['127.0.0.1'] }, new ScriptedResolver(), { ca });
      const url = `https://hooks.example.com:${receiver.port}/`;
      const result = await transport.send(request(url));
      expect(result).toMatchObject({ kind: 'failure', stage: 'tls' });
      expect(JSON.stringify(result)).not.toContain('example.com');
      expect(receiver.requests).toEqual([]);
    });

    it('refuses a self-signed certificate whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
      cleanups.unshift(() => setRealEnv("delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']"));
      await setRealEnv("process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'");
      const receiver = await start(ok, good);
      const transport = open({ allow: ['127.0.0.1'] });
      const url = `https://hooks.example.com:${receiver.port}/`;
      expect(await transport.send(request(url))).toMatchObject({ stage: 'tls' });
    });

    it('refuses versions of TLS before 1.2', async () => {
      const receiver = await start(ok, {
        ...good,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL@SECLEVEL=0',
      });
      const transport = open({ allow: ['127.0.0.1'] }, new ScriptedResolver(), { ca: [good.cert] });
      const url = `https://hooks.example.com:${receiver.port}/`;
      expect(await transport.send(request(url))).toMatchObject({ stage: 'tls' });
    });

    it('tells a receiver that does not speak TLS', async () => {
      const receiver = await start((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      const transport = open({ allow: ['127.0.0.1'] }, new ScriptedResolver(), {
        connectTimeout: 500,
      });
      const result = await transport.send(request(`https://hooks.example.com:${receiver.port}/`));
      expect(['tls', 'timeout']).toContain(result.kind === 'failure' ? result.stage : 'answer');
    });

    it.each<[string, (socket: Socket) => void, string[]]>([
      ['says nothing', () => undefined, ['timeout']],
      ['closes', (socket) => socket.end(), ['connect', 'tls']],
      ['resets', (socket) => socket.resetAndDestroy(), ['connect', 'tls']],
      ['sends what is no TLS', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), ['tls']],
    ])('has a result in time when the receiver %s amid the handshake', async (...row) => {
      const [, answer, stages] = row;
      const receiver = await start();
      receiver.onConnection = (socket) => socket.once('data', () => answer(socket));
      const transport = open({ allow: ['127.0.0.1'] }, new ScriptedResolver(), {
        connectTimeout: 500,
      });
      const result = await transport.send(request(`https://hooks.example.com:${receiver.port}/`));
      expect(stages).toContain(result.kind === 'failure' ? result.stage : 'answer');
      expect(JSON.stringify(result)).not.toMatch(/127|example/);
    });

    it('refuses an address before any handshake', async () => {
      const receiver = await start(ok, good);
      const transport = open({}, new ScriptedResolver(), { ca: [good.cert] });
      const url = `https://hooks.example.com:${receiver.port}/`;
      expect(await transport.send(request(url))).toMatchObject({ stage: 'blocked' });
      expect(receiver.connections).toBe(0);
    });
  });
});
