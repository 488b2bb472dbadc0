// Takes the README's picture of the Webhooks section from the running sample app, and checks that
// Swagger UI shows every declared event type with the schema of its body.
//
// Run as `npm run screenshot`. It writes to a temporary folder; `npm run screenshot -- --update`
// replaces the picture in docs/images.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebhookService } from 'nestjs-webhooks';
import { chromium } from 'playwright-core';
import { startApp } from '../dist-sample/create-app.js';

const IMAGES = fileURLToPath(new URL('../docs/images', import.meta.url));
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
// The entry that is open in the picture.
const SHOWN = 'subscription.created';
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const VIEW = { viewport: { width: 940, height: 900 }, deviceScaleFactor: 1.5 };
const MARGIN = '.webhooks { padding: 12px 16px 16px; background: #fff; }';

const update = process.argv.includes('--update');
const folder = update ? IMAGES : await mkdtemp(join(tmpdir(), 'nestjs-webhooks-'));
const path = join(folder, 'swagger-webhooks.png');

// The shop keeps its data in a folder of its own for the time of the picture.
const data = await mkdtemp(join(tmpdir(), 'nestjs-webhooks-data-'));
process.env.DATA_DIR = data;
delete process.env.DATABASE_URL;
const app = await startApp(0, { logger: ['error'] });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: BROWSER_ARGUMENTS });
try {
  const url = `${await app.getUrl()}/docs`;
  const page = await browser.newPage(VIEW);
  await page.goto(url);
  const document = await (await fetch(`${url}-json`)).json();
  const section = page.locator('.webhooks');
  const entries = section.locator('.opblock');
  await entries.first().waitFor();

  const events = app.get(WebhookService).events();
  assert.equal(await entries.count(), events.length);
  for (const event of events) await check(entries, event, document);

  await expand(entryOf(entries, SHOWN));
  await page.addStyleTag({ content: MARGIN });
  await section.screenshot({ path });
  console.log(`All ${events.length} webhooks are shown with their schemas: ${path}`);
} finally {
  await browser.close();
  await app.close();
  await rm(data, { recursive: true });
}

/** Compares what the entry of an event type shows with what the document says. */
async function check(entries, { name, method }, { webhooks, components }) {
  const { summary, requestBody } = webhooks[name][method];
  const model = requestBody.content['application/json'].schema.$ref.split('/').at(-1);
  const { properties } = components.schemas[model];

  const entry = entryOf(entries, name);
  const schema = await openSchema(entry);
  const shown = {
    method: await entry.locator('.opblock-summary-method').innerText(),
    summary: await entry.locator('.opblock-summary-description').innerText(),
    schema: await schema.locator('.json-schema-2020-12__title').allInnerTexts(),
  };
  const expected = {
    method: method.toUpperCase(),
    summary,
    schema: [model, ...Object.keys(properties)],
  };
  assert.deepEqual(shown, expected, `Swagger UI shows ${name} as the document says`);
  await entry.locator('.opblock-summary-control').click();
}

function entryOf(entries, name) {
  return entries.filter({ has: entries.page().locator(`[data-path="${name}"]`) });
}

async function openSchema(entry) {
  await entry.locator('.opblock-summary-control').click();
  const body = entry.locator('.opblock-section-request-body');
  await body.getByRole('tab', { name: 'Schema' }).click();
  const schema = body.locator('[data-name="modelPanel"]');
  await schema.waitFor();
  return schema;
}

/** Opens an entry and every property of its schema, so that the descriptions can be read. */
async function expand(entry) {
  const schema = await openSchema(entry);
  const closed = schema.getByRole('button', { name: 'Expand all' });
  while ((await closed.count()) > 0) await closed.first().click();
}
