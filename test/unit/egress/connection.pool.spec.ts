import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AddressPolicy } from '../../../lib/egress/address.policy.js';
import { Connection, ConnectionPool } from '../../../lib/egress/connection.pool.js';
import { GuardedConnector } from '../../../lib/egress/guarded.connector.js';
import { SystemClock } from '../../../lib/platform/system.clock.js';
import { answer, ok, Receiver } from './support/receiver.js';
import { LOCAL, ScriptedResolver, until } from './support/transports.js';

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
