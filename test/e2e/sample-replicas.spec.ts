import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { WebhooksModuleOptions } from 'nestjs-webhooks';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { parse } from 'yaml';
import { freePort } from '../support/free.port.js';
import { TestDatabase } from '../support/test.database.js';
import { TestRedis } from '../support/test.redis.js';
import { HttpClient } from './support/http.client.js';
import { NodeProcess } from './support/node.process.js';
import { until } from './support/shop.app.js';

jest.setTimeout(120_000);

interface ComposeFile {
  readonly services: {
    readonly shop: {
      readonly scale: number;
      readonly environment: Readonly<Record<string, string>>;
    };
  };
}

const root = join(import.meta.dirname, '../..');
const compose: ComposeFile = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'));
const { scale, environment } = compose.services.shop;
const composed: WebhooksModuleOptions = JSON.parse(environment['WEBHOOK_OPTIONS']!);

const database = await TestDatabase.open();
const redis = await TestRedis.open();
const ORDER = { customerId: 'cus_1', items: [{ sku: 'tea', quantity: 2, price: 1_250 }] };

async function order(client: HttpClient): Promise<string> {
  const { status, body } = await client.request<{ id: string }>('POST', '/orders', ORDER);
  expect(status).toBe(201);
  return body.id;
}

/** Orders whose event has come. */
function arrived({ requests }: WebhookReceiver): Set<string> {
  const ids = requests.map(({ body }): string => {
    const { id }: { readonly id: string } = JSON.parse(body.toString());
    return id;
  });
  return new Set(ids);
}

it('the compose file sets what the README of the sample shop explains', () => {
  const readme = readFileSync(join(root, 'sample-app/README.md'), 'utf8');
  for (const name of Object.keys(environment)) expect(readme).toContain(`| \`${name}\``);
});

const canRun = database !== null && redis !== null;
(canRun ? describe : describe.skip)('the processes of the compose file, without containers', () => {
  let shops: NodeProcess[];
  let clients: HttpClient[];
  let carrier: WebhookReceiver;

  beforeAll(async () => {
    const ports = await Promise.all(Array.from({ length: scale }, () => freePort()));
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const options: WebhooksModuleOptions = {
      ...composed,
      egress: { ...composed.egress, allow: ['127.0.0.1/32'] },
      // What a process delivers when it is killed is its own for two more seconds.
      timeout: 1_000,
      leaseMargin: 1_000,
      sweepInterval: 500,
    };
    const here: Readonly<Record<string, string>> = {
      HOST: '127.0.0.1',
      DATABASE_URL: await database!.database(),
      REDIS_URL: new URL('/5', redis!.url).href,
      RECEIVER_URL: `${urls[0]}/receiver`,
      WEBHOOK_OPTIONS: JSON.stringify(options),
    };
    const settings = Object.keys(environment).map((name) => {
      const value = here[name];
      if (value === undefined) throw new Error(`the test has no value for ${name}`);
      return [name, value] as const;
    });
    const env = Object.fromEntries(settings);
    shops = ports.map((port) =>
      NodeProcess.start([join(root, 'dist-sample/main.js')], { ...env, PORT: String(port) }),
    );
    await Promise.all(shops.map((shop) => shop.printed(/Open http/)));
    clients = urls.map((url) => new HttpClient(url));
    carrier = await WebhookReceiver.start();
  });

  afterAll(async () => {
    await Promise.all(shops.map((shop) => shop.stop()));
    await carrier.close();
    await redis!.close();
    await database!.close();
  });

  it('deliver what any of them accepted, also when one of them is killed', async () => {
    const wanted = { url: carrier.url, eventTypes: ['order.created'] };
    await clients[0]!.request('POST', '/webhooks/config', wanted);
    const placed = await Promise.all(clients.flatMap((client) => [order(client), order(client)]));
    await until(() => arrived(carrier).size === placed.length);

    const victim = shops.at(-1)!;
    carrier.next('hang');
    placed.push(...(await Promise.all(clients.map(order))));
    victim.signal('SIGKILL');
    await victim.end();
    const left = clients.slice(0, -1);
    placed.push(...(await Promise.all(left.map(order))));
    await until(() => arrived(carrier).size === placed.length);
    expect(arrived(carrier)).toEqual(new Set(placed));
  });
});
