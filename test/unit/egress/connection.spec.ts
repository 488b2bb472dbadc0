import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AddressPolicy } from '../../../lib/egress/address.policy.js';
import { Connection, ConnectionPool } from '../../../lib/egress/connection.pool.js';
import { GuardedConnector } from '../../../lib/egress/guarded.connector.js';
import { DirectTransport } from '../../../lib/egress/direct.transport.js';
import { EgressClient } from '../../../lib/egress/egress.client.js';
import type { HostResolver } from '../../../lib/egress/host.resolver.js';
import { UrlPolicy } from '../../../lib/egress/url.policy.js';
import type { ClockTimer } from '../../../lib/platform/clock.js';
import { SystemClock } from '../../../lib/platform/system.clock.js';
import { answer, ok, Receiver } from './support/receiver.js';
import { HangingResolver, LOCAL, request, ScriptedResolver, until } from './support/transports.js';

const LITERALS = [
  ['127.0.0.1', 'http:'],
  ['127.0.0.1', 'https:'],
  ['::ffff:127.0.0.1', 'http:'],
] as const;

class CountingClock extends SystemClock {
  armed = 0;
  cancelled = 0;

  override setTimer(callback: () => void, delay: number): ClockTimer {
    const timer = super.setTimer(callback, delay);
    this.armed += 1;
    return {
      cancel: () => {
        this.cancelled += 1;
        timer.cancel();
      },
    };
  }
}

describe('ConnectionPool', () => {
  const receivers: Receiver[] = [];
  let pool: ConnectionPool;

  beforeEach(() => {
    const resolver = new ScriptedResolver();
    const connector = new GuardedConnector(new AddressPolicy(LOCAL), resolver, new SystemClock());
    pool = new ConnectionPool(connector, 2);
  });

  afterEach(async () => {
    await pool.abort();
    await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
  });

  async function start(script = ok): Promise<Receiver> {
    const receiver = await Receiver.start(script);
    receivers.push(receiver);
    return receiver;
  }

  async function use({ port }: Receiver): Promise<Connection> {
    const connection = pool.acquire(`http://127.0.0.1:${port}`);
    const { body } = await connection.client.request({ path: '/', method: 'POST' });
    await body.dump();
    return connection;
  }

  it('gives the idle connection to the next request, and another to one at the same time', async () => {
    const receiver = await start();
    const first = await use(receiver);
    const second = await use(receiver);
    expect(second.client).not.toBe(first.client);
    pool.release(first, true);
    pool.release(second, true);
    expect((await use(receiver)).client).toBe(second.client);
    expect(receiver.connections).toBe(2);
  });

  it('closes what is not reusable', async () => {
    const receiver = await start();
    pool.release(await use(receiver), false);
    await until(() => receiver.closed === 1);
    expect(pool.size).toBe(0);
  });

  it('forgets an origin when the receiver closed its last connection', async () => {
    const receiver = await start();
    const [first, second] = [await use(receiver), await use(receiver)];
    pool.release(first, true);
    pool.release(second, true);
    expect(pool.size).toBe(1);
    await receiver.stop();
    await until(() => pool.size === 0);
    expect([first.client.destroyed, second.client.destroyed]).toEqual([true, true]);
  });

  it('forgets an origin whose connection was idle for as long as the receiver allows', async () => {
    const head = 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=2\r\ncontent-length: 0\r\n\r\n';
    const receiver = await start(answer(head));
    pool.release(await use(receiver), true);
    await until(() => pool.size === 0);
    await until(() => receiver.closed === 1);
    expect(receiver.requests).toHaveLength(1);
  });

  it('closes the connections of the origin that was idle longest when there are too many', async () => {
    const [a, b, c] = [await start(), await start(), await start()];
    for (const receiver of [a, b, a, c]) {
      pool.release(await use(receiver), true);
    }
    await until(() => b.closed === 1);
    expect(pool.size).toBe(2);
    expect([a.closed, c.closed]).toEqual([0, 0]);
  });

  it('closes everything when aborted', async () => {
    const [used, idle] = [await start(), await start()];
    pool.release(await use(idle), true);
    await use(used);
    await pool.abort();
    await until(() => used.closed + idle.closed === 2);
    expect(pool.size).toBe(0);
  });
});

describe('GuardedConnector', () => {
  it('judges a literal address by itself, before there is a socket', async () => {
    const receiver = await Receiver.start();
    const connector = new GuardedConnector(
      new AddressPolicy(),
      new ScriptedResolver(),
      new SystemClock(),
    );
    const { port } = receiver;
    for (const [hostname, protocol] of LITERALS) {
      const target = { hostname, protocol, port: String(port) };
      const error = await new Promise((resolve) => {
        connector.connect(target, (...[failure]) => resolve(failure));
      });
      expect(error).toMatchObject({ stage: 'blocked' });
    }
    expect(receiver.connections).toBe(0);
    await receiver.stop();
  });
});

describe('EgressClient', () => {
  let clock: CountingClock;
  let transport: DirectTransport;

  function open(resolver: HostResolver): void {
    clock = new CountingClock();
    const addresses = new AddressPolicy(LOCAL);
    const urls = new UrlPolicy(LOCAL, addresses);
    transport = new DirectTransport(new EgressClient(urls, addresses, resolver, clock));
  }

  it('leaves no timer behind', async () => {
    const receiver = await Receiver.start();
    open(new ScriptedResolver());
    expect(await transport.send(request(receiver.url))).toMatchObject({ status: 200 });
    expect(await transport.send(request('http://10.0.0.1/'))).toMatchObject({ stage: 'blocked' });
    // One for each request, and one for the connection.
    expect([clock.armed, clock.cancelled]).toEqual([3, 3]);
    await transport.abort();
    await receiver.stop();
  });

  it('gives up connections that are being opened when aborted', async () => {
    open(new HangingResolver());
    const result = transport.send(request('http://hooks.example.com/'));
    await transport.abort();
    expect(await result).toMatchObject({ stage: 'aborted' });
    await until(() => clock.armed === 2 && clock.cancelled === 2);
    expect(await transport.send(request('http://10.0.0.1/'))).toMatchObject({ stage: 'aborted' });
  });
});
