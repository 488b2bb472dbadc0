import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { EgressClientOptions } from '../../../lib/egress/egress.client.js';
import type { WebhookTransport } from '../../../lib/egress/transport.js';
import { answer, flood, Receiver, repeat, Script } from './support/receiver.js';
import { createClient, DOORS, HangingResolver, LOCAL, request } from './support/transports.js';
import { ScriptedResolver, SYSTEM_HEADERS, until } from './support/transports.js';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

async function start(script?: Script): Promise<Receiver> {
  const receiver = await Receiver.start(script);
  cleanups.unshift(() => receiver.stop());
  return receiver;
}

describe.each(DOORS)('%s', (_name, create) => {
  function open(limits?: EgressClientOptions, resolver = new ScriptedResolver()): WebhookTransport {
    const transport = create(createClient(LOCAL, resolver, limits));
    cleanups.unshift(() => transport.abort());
    return transport;
  }

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'sends %s with a body, byte by byte',
    async (method) => {
      const receiver = await start();
      const body = Buffer.from(' {"é": "\u0000"}\r\n ');
      const url = `${receiver.url}/a%20b?x=%2F#fragment`;
      const result = await open().send(request(url, { method, body }));
      expect(result).toEqual({ kind: 'answer', status: 200, retryAfter: null, body: 'ok' });
      expect(receiver.requests).toEqual([
        {
          method,
          target: '/hook/a%20b?x=%2F',
          body,
          headers: {
            ...SYSTEM_HEADERS,
            host: `127.0.0.1:${receiver.port}`,
            connection: 'keep-alive',
            'accept-encoding': 'identity',
            'content-length': String(body.length),
          },
        },
      ]);
    },
  );

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('sends %s without a body', async (method) => {
    const receiver = await start();
    const transport = open();
    const result = await transport.send(request(receiver.url, { method, body: Buffer.alloc(0) }));
    expect(result).toMatchObject({ kind: 'answer', status: 200 });
    expect(receiver.requests[0]).toMatchObject({ method, body: Buffer.alloc(0) });
  });

  it.each(['POST', 'DELETE'])('sends 50 %s requests over one connection', async (method) => {
    const receiver = await start();
    const transport = open();
    for (let count = 0; count < 50; count += 1) {
      expect(await transport.send(request(receiver.url, { method }))).toMatchObject({
        status: 200,
      });
    }
    expect([receiver.requests.length, receiver.connections]).toEqual([50, 1]);
  });

  it.each([200, 204, 300, 400, 410, 429, 500, 599])('gives the status %i back', async (status) => {
    const receiver = await start(
      answer(`HTTP/1.1 ${status} Whatever\r\ncontent-length: 0\r\n\r\n`),
    );
    expect(await open().send(request(receiver.url))).toMatchObject({ kind: 'answer', status });
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect by %i', async (status) => {
    const target = await start();
    const receiver = await start(
      answer(`HTTP/1.1 ${status} X\r\nlocation: ${target.url}\r\ncontent-length: 0\r\n\r\n`),
    );
    expect(await open().send(request(receiver.url))).toMatchObject({ kind: 'answer', status });
    expect([receiver.requests.length, target.connections]).toEqual([1, 0]);
  });

  it('hands the first retry-after over', async () => {
    const headers = 'Retry-After: 120\r\nretry-after: 5\r\ncontent-length: 0';
    const receiver = await start(answer(`HTTP/1.1 503 Busy\r\n${headers}\r\n\r\n`));
    expect(await open().send(request(receiver.url))).toMatchObject({ retryAfter: '120' });
  });

  it('makes text of any answer that every database takes', async () => {
    const receiver = await start(
      answer('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\na\0\xffb\xc3\xa9'),
    );
    expect(await open().send(request(receiver.url))).toMatchObject({ body: 'a\ufffd\ufffdbé' });
  });

  it('reads an answer up to the limit, and keeps the connection only if that was all', async () => {
    const receiver = await start((socket) => {
      const length = receiver.requests.length === 1 ? 100 : 101;
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`);
      setImmediate(() => socket.write('x'.repeat(60)));
      setTimeout(() => socket.write('y'.repeat(length - 60)), 20);
    });
    const transport = open({ answerLimit: 100 });
    const body = 'x'.repeat(60) + 'y'.repeat(40);
    expect(await transport.send(request(receiver.url))).toMatchObject({ status: 200, body });
    expect(await transport.send(request(receiver.url))).toMatchObject({ status: 200, body });
    await until(() => receiver.closed === 1);
    expect(receiver.connections).toBe(1);
  });

  it('does not decompress', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000)).toString('latin1');
    const head = `content-encoding: gzip\r\ncontent-length: ${bomb.length}`;
    const receiver = await start(answer(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${bomb}`));
    const result = await open({ answerLimit: 1000 }).send(request(receiver.url));
    expect(result).toMatchObject({ kind: 'answer', status: 200 });
    expect(JSON.stringify(result).length).toBeLessThan(10_000);
  });

  describe('with a hostile receiver', () => {
    const OK = 'HTTP/1.1 200 OK\r\n';

    it.each<[string, Script, object]>([
      [
        'sends an endless body',
        flood(`${OK}\r\n`, 'x'.repeat(4096)),
        { status: 200, body: 'x'.repeat(500) },
      ],
      [
        'sends endless chunks',
        flood(`${OK}transfer-encoding: chunked\r\n\r\n`, '4\r\nabcd\r\n'),
        { status: 200, body: 'abcd'.repeat(125) },
      ],
      [
        'drips its body',
        repeat(`${OK}content-length: 999\r\n\r\nx`, 'x', 20),
        { status: 200, body: expect.stringMatching(/^x+$/) },
      ],
      ['drips its headers', repeat(OK, 'a: b\r\n', 20), { stage: 'timeout' }],
      ['drips one header', repeat(`${OK}a: `, 'b', 20), { stage: 'timeout' }],
      ['says nothing', () => undefined, { stage: 'timeout' }],
      [
        'floods with informational answers',
        flood('', 'HTTP/1.1 102 Processing\r\n\r\n'),
        { stage: 'too_large' },
      ],
      [
        'drips informational answers',
        repeat('', 'HTTP/1.1 103 Early\r\n\r\n', 20),
        { stage: 'timeout' },
      ],
      [
        'sends huge headers',
        answer(`${OK}a: ${'x'.repeat(20_000)}\r\n\r\n`),
        { stage: 'too_large' },
      ],
      ['sends endless headers', flood(OK, 'a: b\r\n'), { stage: 'too_large' }],
      ['sends an endless reason', flood('HTTP/1.1 200 ', 'x'.repeat(4096)), { stage: 'timeout' }],
      [
        'sends huge trailers',
        answer(
          `${OK}transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nt: ${'x'.repeat(20_000)}\r\n\r\n`,
        ),
        { status: 200, body: 'a' },
      ],
      ['does not speak HTTP', answer('SSH-2.0-OpenSSH_9.6\r\n'), { stage: 'connect' }],
      ['speaks HTTP/2', answer('\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64'), { stage: 'connect' }],
      [
        'sends two lengths',
        answer(`${OK}content-length: 1\r\ncontent-length: 2\r\n\r\nab`),
        { stage: 'connect' },
      ],
      [
        'changes the protocol',
        answer('HTTP/1.1 101 Switch\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
        { stage: 'connect' },
      ],
      ['closes without an answer', (socket) => socket.end(), { stage: 'connect' }],
      ['closes amid the headers', (socket) => socket.end(`${OK}a: b`), { stage: 'connect' }],
      [
        'closes amid the body',
        (socket) => socket.end(`${OK}content-length: 9\r\n\r\nabc`),
        { status: 200, body: 'abc' },
      ],
      ['resets without an answer', (socket) => socket.resetAndDestroy(), { stage: 'connect' }],
      [
        'resets amid the headers',
        (socket) => socket.write(`${OK}a: b`, () => socket.resetAndDestroy()),
        { stage: 'connect' },
      ],
      [
        'resets amid the body',
        (socket) => {
          socket.write(`${OK}content-length: 9\r\n\r\nabc`);
          setTimeout(() => socket.resetAndDestroy(), 30);
        },
        { status: 200 },
      ],
      [
        'breaks its chunks',
        answer(`${OK}transfer-encoding: chunked\r\n\r\nzz\r\n`),
        { status: 200, body: '' },
      ],
    ])('that %s it has a result in time and goes on', async (_what, script, expected) => {
      const hostile = await start(script);
      const healthy = await start();
      const transport = open({ answerLimit: 500 });
      const result = await transport.send(request(hostile.url, { timeout: 300 }));
      expect(result).toMatchObject(expected);
      expect(JSON.stringify(result)).not.toMatch(/127\.0|evt_1|c2ln|hook/);
      expect(await transport.send(request(healthy.url))).toMatchObject({ status: 200 });
    });

    it('that resets at once it has a result', async () => {
      const receiver = await start();
      receiver.onConnection = (socket) => socket.resetAndDestroy();
      expect(await open().send(request(receiver.url))).toMatchObject({ stage: 'connect' });
    });
  });

  it('says that a header it was given is not valid, and not what is in it', async () => {
    const receiver = await start();
    const headers = { ...SYSTEM_HEADERS, 'x-custom': 'secret\r\nx-injected: 1' };
    const result = await open().send(request(receiver.url, { headers }));
    expect(result).toMatchObject({ kind: 'failure', stage: 'client' });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(receiver.requests).toEqual([]);
  });

  it('refuses what is no URL at all', async () => {
    expect(await open().send(request('nonsense'))).toMatchObject({ stage: 'blocked' });
  });

  it('sends nothing when the deadline passed before there was a connection', async () => {
    const receiver = await start();
    let release: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const resolver = new ScriptedResolver([['127.0.0.1']], gate);
    const transport = open({}, resolver);
    const url = `http://hooks.example.com:${receiver.port}/`;
    expect(await transport.send(request(url, { timeout: 50 }))).toMatchObject({ stage: 'timeout' });
    release?.();
    await until(() => receiver.connections === 1);
    expect(await transport.send(request(`${url}next`))).toMatchObject({ status: 200 });
    expect(receiver.requests.map(({ target }) => target)).toEqual(['/next']);
  });

  it('ends what is in flight when aborted, closes all, and sends no more', async () => {
    const silent = await start(() => undefined);
    const half = await start(answer('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'));
    const idle = await start();
    const transport = open();
    await transport.send(request(idle.url));
    const results = [silent, half].map(({ url }) => transport.send(request(url)));
    const resolving = create(createClient(LOCAL, new HangingResolver()));
    results.push(resolving.send(request('http://hooks.example.com:8080/')));
    await until(() => silent.requests.length + half.requests.length === 2);
    // The half answer is on its way: it is there once a round trip after it has ended.
    await transport.send(request(idle.url));
    await Promise.all([transport.abort(), resolving.abort()]);
    const aborted = { kind: 'failure', stage: 'aborted' };
    expect(await Promise.all(results)).toMatchObject([aborted, { body: 'abc' }, aborted]);
    expect(await transport.send(request(idle.url))).toMatchObject(aborted);
    await until(() => [silent, half, idle].every(({ closed }) => closed === 1));
    expect(idle.requests).toHaveLength(2);
  });
});
