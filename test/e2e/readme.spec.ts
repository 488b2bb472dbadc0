import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createSecret } from 'nestjs-webhooks/signing';
import { freePort } from '../support/free.port.js';
import { HttpClient } from './support/http.client.js';
import { NodeProcess } from './support/node.process.js';
import { type CodeBlock, codeBlocks, compile, readReadme } from './support/readme.project.js';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../..');

let readme: string;
let blocks: readonly CodeBlock[];
let project: string;
const started: NodeProcess[] = [];

beforeAll(async () => {
  readme = await readReadme();
  blocks = codeBlocks(readme);
  project = await compile(blocks);
});

afterAll(async () => {
  await Promise.all(started.map((one) => one.stop()));
  await rm(project, { recursive: true });
});

/** Starts a file of the README on a port. */
function start(file: string, port: number, env: NodeJS.ProcessEnv = {}): NodeProcess {
  const path = join(project, file);
  const one = NodeProcess.start([path], { NODE_ENV: 'development', PORT: String(port), ...env });
  started.push(one);
  return one;
}

describe('the README', () => {
  it('begins with what to run on a fresh machine', () => {
    const [title, ...lines] = readme.split('\n');
    expect(title).toMatch(/\boutgoing\b/);
    const commands = lines.filter((line) => /^(npm|git|npx) /.test(line));
    expect(commands.slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  });

  it('names every block of TypeScript, so that all of them were compiled', () => {
    expect(blocks.filter(({ name }) => name === undefined)).toEqual([]);
    const names = blocks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(readme.match(/^```ts/gm)).toHaveLength(blocks.length);
  });

  it('explains every option of the module, and none that is not there', async () => {
    const declarations = await readFile(join(root, 'dist/webhooks.options.d.ts'), 'utf8');
    const [, body = ''] = /interface WebhooksModuleOptions \{(.*?)^\}/ms.exec(declarations) ?? [];
    const options = [...body.matchAll(/^ {4}readonly (\w+)\?:/gm)].map(([, name = '']) => name);

    const [, table = ''] = /^## Options and defaults$(.*?)^## /ms.exec(readme) ?? [];
    const cells = [...table.matchAll(/^\| (`[^|]*`) +\|/gm)].map(([, cell]) => cell);
    const explained = cells.join(' ').match(/\w+/g);

    expect(explained?.sort()).toEqual(options.sort());
  });

  it('leads only to files and headings that exist', () => {
    const targets = [...readme.matchAll(/\]\(([^)]+)\)|src="([^"]+)"/g)].map(
      ([, link, image]) => link ?? image ?? '',
    );
    const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(
      ([, text]) => `#${text?.toLowerCase().replaceAll(' ', '-')}`,
    );
    const lost = targets.filter((target) => {
      if (target.startsWith('#')) return !headings.includes(target);
      return !target.startsWith('https://') && !existsSync(join(root, target));
    });
    expect(lost).toEqual([]);
    expect(targets).toContain('docs/images/swagger-webhooks.png');
  });
});

describe('the tour', () => {
  it('sends an event that both receivers verify', async () => {
    const [shopPort, nestPort, plainPort] = [await freePort(), await freePort(), await freePort()];
    const shop = start('main.js', shopPort);
    await shop.printed(/successfully started/);
    await answers(shopPort);
    const http = new HttpClient(`http://127.0.0.1:${shopPort}`);

    const { body: document } = await http.request('GET', '/docs-json');
    expect(document).toMatchObject({
      openapi: '3.1.0',
      webhooks: {
        'order.paid': { post: { summary: 'Sent once the money has arrived.' } },
        'order.cancelled': { delete: {} },
      },
      components: { schemas: { OrderDto: { properties: { total: { type: 'integer' } } } } },
    });

    const subscribe = async (port: number, path: string): Promise<string> => {
      const url = `http://127.0.0.1:${port}${path}`;
      const wanted = { url, eventTypes: ['order.*'] };
      const { body } = await http.request<{ secret: string }>('POST', '/webhooks', wanted);
      return body.secret;
    };
    const nestSecret = await subscribe(nestPort, '/hooks');
    const plainSecret = await subscribe(plainPort, '/');
    const { text } = await http.request('GET', '/webhooks');
    expect(text).toContain(`:${nestPort}/hooks`);
    expect(text).not.toContain(nestSecret);

    const nest = start('receiver/main.js', nestPort, { WEBHOOK_SECRET: nestSecret });
    const plain = start('receiver/plain.js', plainPort, { WEBHOOK_SECRET: plainSecret });
    await nest.printed(/successfully started/);
    await answers(nestPort);
    expect(await answers(plainPort)).toBe(401);

    expect((await http.request('POST', '/orders/o_1/pay')).status).toBe(201);
    await nest.printed(/Verified order\.paid \{ id: 'o_1', total: 4200 \}/);
    await plain.printed(/Verified order\.paid \{ id: 'o_1', total: 4200 \}/);
  });

  it('has a receiver that does not start without a secret', async () => {
    const { code, output } = await start('receiver/main.js', 0, { WEBHOOK_SECRET: '' }).end();
    expect(code).toBe(1);
    expect(output).toContain('WEBHOOKS_INVALID_SECRET');
  });

  it('has a test that passes', async () => {
    const { code, output } = await NodeProcess.start([
      '--test',
      '--test-reporter=tap',
      join(project, 'orders.test.js'),
    ]).end();
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^# pass 1$/m) });
  });
});

describe('the receiver that is asked first', () => {
  it('answers the challenge', async () => {
    const script = `
      const { NestFactory } = await import('@nestjs/core');
      const { WebhooksModule, WebhookService } = await import('nestjs-webhooks');
      const { WillingController } = await import('./receiver/willing.controller.js');
      const module = { module: class {}, controllers: [WillingController] };
      const receiver = await NestFactory.create(module, { rawBody: true, logger: false });
      await receiver.listen(0, '127.0.0.1');
      const egress = { allow: ['127.0.0.1/32'], http: true };
      const shop = WebhooksModule.forRoot({ egress, challenge: true });
      const app = await NestFactory.createApplicationContext(shop, { logger: false });
      const { subscriptions } = app.get(WebhookService);
      const url = (await receiver.getUrl()) + '/willing';
      const secret = process.env.WEBHOOK_SECRET;
      const { id, disabledReason } = await subscriptions.create({ url, eventTypes: ['*'], secret });
      const { state } = await subscriptions.verify(id);
      console.log(disabledReason, state);
      await app.close();
      await receiver.close();`;
    const args = ['--input-type=module', '--eval', script];
    const env = { WEBHOOK_SECRET: createSecret() };
    const { code, output } = await NodeProcess.start(args, env, project).end();
    expect({ code, output }).toEqual({ code: 0, output: 'unverified enabled\n' });
  });
});

describe('the stores it shows', () => {
  it('can be made, and the one in a file keeps what it is given', async () => {
    const script = `
      const { inOneFile, inPostgres } = await import('./stores.js');
      inPostgres();
      const store = inOneFile();
      await store.open(() => {});
      console.log(await store.listSubscriptions('default', { after: null, limit: 1 }));
      await store.close();`;
    const args = ['--input-type=module', '--eval', script];
    const { code, output } = await NodeProcess.start(args, {}, project).end();
    expect({ code, output }).toEqual({ code: 0, output: '[]\n' });
    expect(existsSync(join(project, 'webhooks.db'))).toBe(true);
  });
});

/** Waits until a server listens, and gives its status for a request without a signature. */
async function answers(port: number): Promise<number> {
  let status: number | null = null;
  while (status === null) {
    const request = fetch(`http://127.0.0.1:${port}/`, { method: 'POST' });
    status = await request.then(
      (response) => response.status,
      () => null,
    );
  }
  return status;
}
