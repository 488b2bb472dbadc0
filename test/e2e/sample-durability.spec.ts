import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { fixed } from 'nestjs-webhooks';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { freePort } from '../support/free.port.js';
import { TestDatabase } from '../support/test.database.js';
import { HttpClient } from './support/http.client.js';
import { NodeProcess } from './support/node.process.js';

jest.setTimeout(180_000);

const database = await TestDatabase.open();
const folder = mkdtempSync(join(tmpdir(), 'nestjs-webhooks-durability-'));
const MAIN = join(import.meta.dirname, '../../dist-sample/main.js');

// What a process delivers when it is killed is its own for two more seconds.
const WEBHOOK_OPTIONS = JSON.stringify({
  retry: fixed(Array.from({ length: 20 }, () => 100)),
  sweepInterval: 100,
  timeout: 1_000,
  leaseMargin: 1_000,
});
const POLL = 20;
const TEA = { sku: 'tea', quantity: 2, price: 1_250 };
const teapots = (quantity: number) => ({ sku: 'teapot', quantity, price: 4_900 });
const ORDER = { customerId: 'cus_1', items: [TEA] };

interface Order {
  readonly id: string;
}

interface Items<T> {
  readonly items: readonly T[];
}

interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly attempts: readonly { readonly outcome: string }[];
}

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database?.close();
});

/** Starts the shop; resolves when it is open. */
async function open(env: NodeJS.ProcessEnv): Promise<NodeProcess> {
  const shop = NodeProcess.start([MAIN], { WEBHOOK_OPTIONS, ...env });
  await shop.printed(/Open http/);
  return shop;
}

async function list<T>(http: HttpClient, path: string): Promise<readonly T[]> {
  const { body } = await http.request<readonly T[] | Items<T>>('GET', path);
  return 'items' in body ? body.items : body;
}

/** Waits until no delivery is pending. */
async function ended(http: HttpClient): Promise<void> {
  while ((await list(http, '/webhooks/deliveries?status=pending')).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

const onSqlite = async () => ({ DATABASE_URL: '', DATA_DIR: join(folder, 'data') });
const onPostgres = async () => ({ DATABASE_URL: await database!.database() });

describe.each([
  { name: 'SQLite', where: onSqlite, run: describe },
  { name: 'PostgreSQL', where: onPostgres, run: database === null ? describe.skip : describe },
])('on $name', ({ where, run }) => {
  run('the sample app', () => {
    let env: NodeJS.ProcessEnv;
    let shop: NodeProcess;
    let http: HttpClient;
    let carrier: WebhookReceiver;
    let subscriptionId: string;

    beforeAll(async () => {
      const port = await freePort();
      env = { ...(await where()), PORT: String(port) };
      http = new HttpClient(`http://127.0.0.1:${port}`);
      shop = await open(env);
      carrier = await WebhookReceiver.start();
      const wanted = { url: carrier.url, eventTypes: ['order.created'] };
      const { body } = await http.request<{ id: string }>('POST', '/webhooks/config', wanted);
      subscriptionId = body.id;
    });

    afterAll(async () => {
      await shop.stop();
      await carrier.close();
    });

    const arrived = (): string[] =>
      carrier.requests.map(({ body }) => (JSON.parse(body.toString()) as Order).id);

    it('keeps an order and its event, or neither', async () => {
      const tooMany = { ...ORDER, items: [teapots(10), TEA, teapots(1)] };
      expect((await http.request('POST', '/orders', tooMany)).status).toBe(409);
      const all = { ...ORDER, items: [TEA, teapots(10)] };
      const { status, body: order } = await http.request<Order>('POST', '/orders', all);
      expect(status).toBe(201);
      expect((await http.request('POST', '/orders', tooMany)).status).toBe(409);

      expect(await list(http, '/orders')).toEqual([order]);
      await carrier.received(1);
      expect(arrived()).toEqual([order.id]);
      const path = `/webhooks/deliveries?subscriptionId=${subscriptionId}`;
      expect(await list(http, path)).toHaveLength(1);
    });

    it('loses and invents nothing when it is killed between orders and deliveries', async () => {
      carrier.otherwise('hang');
      const confirmed: string[] = [];
      const customer = async (): Promise<void> => {
        for (let count = 0; count < 10; count++) {
          const answer = await http.request<Order>('POST', '/orders', ORDER).catch(() => null);
          if (answer === null) return;
          confirmed.push(answer.body.id);
        }
      };
      const customers = Promise.all([customer(), customer(), customer(), customer()]);
      const seen = carrier.requests.length;
      await carrier.received(seen + 6);
      shop.signal('SIGKILL');
      await shop.end();
      await customers;
      const cutOff = carrier.requests.slice(seen).map(({ headers }) => headers['webhook-id']);

      carrier.otherwise(204);
      shop = await open(env);
      const orders = (await list<Order>(http, '/orders')).map(({ id }) => id);
      expect(orders).toEqual(expect.arrayContaining(confirmed));
      await ended(http);

      expect(new Set(arrived())).toEqual(new Set(orders));
      const events = new Set(carrier.requests.map(({ headers }) => headers['webhook-id']));
      expect(events.size).toBe(orders.length);
      const received = await list<{ body: Order }>(http, '/receiver/received');
      expect(received.map(({ body }) => body.id).sort()).toEqual(orders.sort());

      const path = `/webhooks/deliveries?subscriptionId=${subscriptionId}`;
      const outcomes = new Set<string>();
      for (const { id, eventId } of await list<Delivery>(http, path)) {
        if (!cutOff.includes(eventId)) continue;
        const { body } = await http.request<Delivery>('GET', `/webhooks/deliveries/${id}`);
        for (const { outcome } of body.attempts) outcomes.add(outcome);
      }
      expect([...outcomes]).toEqual(expect.arrayContaining(['unknown', 'success']));
    });
  });
});

(database === null ? describe.skip : describe)('two sample apps on one PostgreSQL', () => {
  let shops: NodeProcess[];
  let one: HttpClient;
  let two: HttpClient;

  beforeAll(async () => {
    const ports = [await freePort(), await freePort()];
    const [first, second] = ports.map((port) => `http://127.0.0.1:${port}`);
    const env = { ...(await onPostgres()), RECEIVER_URL: `${first}/receiver` };
    shops = await Promise.all(ports.map((port) => open({ ...env, PORT: String(port) })));
    one = new HttpClient(first!);
    two = new HttpClient(second!);
  });

  afterAll(async () => {
    await Promise.all(shops.map((shop) => shop.stop()));
  });

  it('have the same orders, and one receiver between them', async () => {
    const { body: order } = await one.request<Order>('POST', '/orders', ORDER);
    const pay = `/orders/${order.id}/pay`;
    const payments = [one.request('POST', pay), two.request('POST', pay)];
    const statuses = (await Promise.all(payments)).map(({ status }) => status);
    expect(statuses.sort((a, b) => a - b)).toEqual([201, 409]);
    expect(await list(two, '/orders')).toEqual([{ ...order, status: 'paid' }]);

    await ended(two);
    const deliveries = await list<Delivery>(one, '/webhooks/deliveries');
    expect(deliveries).toMatchObject([
      { eventType: 'order.paid', status: 'succeeded', attemptCount: 1 },
      { eventType: 'order.created', status: 'succeeded', attemptCount: 1 },
    ]);
    const received = await list<{ eventType: string }>(two, '/receiver/received');
    expect(received.map(({ eventType }) => eventType)).toEqual(['order.paid', 'order.created']);
  });
});
