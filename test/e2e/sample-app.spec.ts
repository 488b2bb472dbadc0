import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HttpClient } from './support/http.client.js';
import { type Ended, NodeProcess } from './support/node.process.js';

jest.setTimeout(180_000);

const EVENTS = [
  'order.created',
  'order.paid',
  'order.shipped',
  'subscription.cancelled',
  'subscription.created',
  'user.deleted',
];
const RECEIVER = 'http://127.0.0.1/';
const ORDER = { customerId: 'cus_1', items: [{ sku: 'tea', quantity: 2, price: 1250 }] };
const SECRET = /whsec_[A-Za-z0-9+/]{20}/;

interface Refusal {
  readonly code: string;
  readonly message: string;
}

interface WebhookSubscription {
  readonly id: string;
  readonly secret?: string;
  readonly secretHints: readonly string[];
}

interface Received {
  readonly id: string;
  readonly eventType: string;
  readonly body: unknown;
}

interface Schema {
  readonly properties: Readonly<Record<string, { readonly description?: string }>>;
}

interface Operation {
  readonly summary: string;
  readonly requestBody: {
    readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>;
  };
}

interface Document {
  readonly openapi: string;
  readonly webhooks: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const folder = mkdtempSync(join(tmpdir(), 'nestjs-webhooks-sample-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a script of the built sample app, on an SQLite file. */
function start(script: string, ...nodeOptions: readonly string[]): NodeProcess {
  const path = join(import.meta.dirname, '../../dist-sample', script);
  const env = { PORT: '0', DATABASE_URL: '', DATA_DIR: mkdtempSync(join(folder, 'data-')) };
  return NodeProcess.start([...nodeOptions, path], env);
}

describe('the sample app', () => {
  let sample: NodeProcess;
  let http: HttpClient;

  beforeAll(async () => {
    sample = start('main.js');
    const [, url] = await sample.printed(/Open (http:\S+)\/docs/);
    http = new HttpClient(url ?? '');
  });

  afterAll(async () => {
    await sample.stop();
  });

  /** What its own receiver has handled of an event type, as soon as there is something. */
  async function received(eventType: string): Promise<Received> {
    for (;;) {
      const { body } = await http.request<Received[]>('GET', '/receiver/received');
      const found = body.find((one) => one.eventType === eventType);
      if (found !== undefined) return found;
    }
  }

  it('refuses a subscription to an unknown event type and names the nearest', async () => {
    const mistaken = { url: RECEIVER, eventTypes: ['order.payed'] };
    const { status, body } = await http.request<Refusal>('POST', '/webhooks/config', mistaken);
    expect({ status, code: body.code }).toEqual({
      status: 400,
      code: 'WEBHOOKS_UNKNOWN_EVENT_TYPE',
    });
    expect(body.message).toContain('did you mean "order.paid"?');
  });

  it('refuses a subscription without a URL, and to a URL that it must not call', async () => {
    const eventTypes = ['order.paid'];
    const without = await http.request('POST', '/webhooks/config', { eventTypes });
    expect(without.status).toBe(400);
    const inside = { url: 'https://10.0.0.1/', eventTypes };
    const { status, body } = await http.request<Refusal>('POST', '/webhooks/config', inside);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'WEBHOOKS_BLOCKED_URL' });
  });

  it('shows a secret once', async () => {
    const wanted = { url: RECEIVER, eventTypes: ['order.*'], description: 'Mine' };
    const created = await http.request<WebhookSubscription>('POST', '/webhooks/config', wanted);
    const { secret, ...shown } = created.body;
    expect(created.status).toBe(201);
    expect(secret).toMatch(SECRET);
    expect(shown).toMatchObject({ ...wanted, enabled: true, disabledReason: null });

    const listed = await http.request('GET', '/webhooks/config');
    expect(listed.body).toMatchObject({
      eventTypes: EVENTS,
      subscriptions: [shown, { description: 'The shop itself' }],
    });
    expect(listed.text).not.toMatch(SECRET);

    const path = `/webhooks/config/${shown.id}`;
    const rotated = await http.request<WebhookSubscription>('POST', `${path}/rotate-secret`);
    expect(rotated.body.secret).toMatch(SECRET);
    expect(rotated.body.secret).not.toBe(secret);
    expect(rotated.body.secretHints).toEqual([expect.any(String), ...shown.secretHints]);

    expect((await http.request('DELETE', path)).status).toBe(204);
    expect((await http.request('DELETE', path)).status).toBe(404);
  });

  it('delivers a paid order to its own receiver, which verifies it', async () => {
    const { body: order } = await http.request<{ id: string }>('POST', '/orders', ORDER);
    const path = `/orders/${order.id}/pay`;
    expect((await http.request('POST', path)).status).toBe(201);
    expect((await http.request('POST', path)).status).toBe(409);

    const webhook = await received('order.paid');
    expect(webhook).toMatchObject({ method: 'POST', body: { ...order, status: 'paid' } });

    const { body } = await http.request('GET', '/webhooks/deliveries?eventType=order.paid');
    expect(body).toMatchObject({ items: [{ eventId: webhook.id, attemptCount: 1 }], next: null });
  });

  it('sends the deletion of a user as DELETE', async () => {
    await http.request('POST', '/subscribe', { customerId: 'cus_9', plan: 'pro' });
    expect((await http.request('DELETE', '/users/cus_9')).status).toBe(204);
    const webhook = await received('user.deleted');
    expect(webhook).toMatchObject({ method: 'DELETE', body: { userId: 'cus_9' } });
  });

  it('refuses a request to its receiver that is not signed', async () => {
    const forged = { id: 'ord_forged' };
    expect((await http.request('POST', '/receiver', forged)).status).toBe(401);
    expect((await http.request('DELETE', '/receiver', forged)).status).toBe(401);
    const { status, text } = await http.request('GET', '/receiver/received');
    expect(status).toBe(200);
    expect(text).not.toContain('ord_forged');
  });

  describe('its OpenAPI document', () => {
    let document: Document;

    beforeAll(async () => {
      document = (await http.request<Document>('GET', '/docs-json')).body;
    });

    it('is of version 3.1.0 and holds every webhook', () => {
      expect(document.openapi).toBe('3.1.0');
      expect(Object.keys(document.webhooks).sort()).toEqual(EVENTS);
    });

    it.each(EVENTS)('describes %s and its fields by the JSDoc of stub and DTO', (event) => {
      const method = event === 'user.deleted' ? 'delete' : 'post';
      const operation = document.webhooks[event]?.[method];
      expect(operation?.summary).toMatch(/^Sent\b.+\.$/);

      const reference = operation?.requestBody.content['application/json']?.schema.$ref ?? '';
      const schema = document.components.schemas[reference.split('/').at(-1) ?? ''];
      const fields = Object.values(schema?.properties ?? {});
      expect(fields).not.toEqual([]);
      for (const { description } of fields) expect(description).toMatch(/^[A-Z].+\.$/);
    });

    it('takes examples and enumerations from the DTOs', () => {
      expect(document.components.schemas.PlanSubscriptionDto?.properties).toMatchObject({
        plan: { description: 'The plan that was chosen.', enum: ['basic', 'pro'] },
        id: { description: 'Id of the plan subscription.', example: 'ps_7f3a' },
      });
    });
  });

  it('exits with 0 on SIGTERM', async () => {
    const other = start('main.js');
    await other.printed(/Open http/);
    const { code, output } = await other.stop();
    expect({ code, errors: output.match(/ERROR|WARN/g) }).toEqual({ code: 0, errors: null });
  });
});

describe('the demo', () => {
  let played: Ended;
  let playedOtherwise: Ended;

  beforeAll(async () => {
    const steady = join(import.meta.dirname, 'fixtures/steady-receivers.mjs');
    [played, playedOtherwise] = await Promise.all([
      start('demo/main.js').end(),
      start('demo/main.js', '--import', steady).end(),
    ]);
  });

  it('plays every step as it should and exits with 0, showing no secret', () => {
    const { code, output } = played;
    expect({ code, output }).toEqual({ code: 0, output: expect.not.stringContaining('✗') });
    expect(output.match(/✓/g)).toHaveLength(9);
    expect(output).not.toMatch(SECRET);
  });

  it('shows three attempts for a receiver that fails twice', () => {
    expect(attempts('A receiver fails twice', 'analytics')).toEqual([
      'attempt 1  http 503',
      'attempt 2  connect',
      'attempt 3  success 204',
    ]);
  });

  it('shows as unknown what was under way when the shop was killed, and then as delivered', () => {
    const shown = attempts('The shop is killed', 'carrier');
    expect(shown).toContain('attempt 1  unknown');
    expect(shown.filter((attempt) => attempt.endsWith('success 204'))).toHaveLength(4);
  });

  it('exits with 1 when a step goes otherwise', () => {
    const { code, output } = playedOtherwise;
    expect(code).toBe(1);
    expect(output.match(/✗/g)).toHaveLength(1);
    expect(output.match(/✓/g)).toHaveLength(8);
  });

  /** The attempts for a receiver that a step printed. */
  function attempts(step: string, receiver: string): string[] {
    const [, after = ''] = played.output.split(`\n${step}`);
    const [lines = ''] = after.split('✓');
    const pattern = new RegExp(` ${receiver} +(attempt \\d  \\w+(?: \\d+)?)`, 'g');
    return [...lines.matchAll(pattern)].map(([, attempt = '']) => attempt);
  }
});
