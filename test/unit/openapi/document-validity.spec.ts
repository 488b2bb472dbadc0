import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { Webhook } from '../../../lib/catalog/webhook.decorator.js';
import { closeApps } from '../catalog/catalog.fixtures.js';
import { BARE, documentOf, ENVELOPED } from './openapi.fixtures.js';
import { richClass } from './rich.webhooks.js';

jest.setTimeout(120_000);

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'webhooks-document-'));
});

afterAll(async () => {
  await closeApps();
  await rm(folder, { recursive: true });
});

/** Errors that a linter's command line finds; none when it ends well. */
async function lint(command: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  try {
    await run(join(root, 'node_modules/.bin', command), args, { cwd: folder, env });
    return '';
  } catch (error) {
    // Node's own errors are of another realm than Jest's.
    if (typeof error === 'object' && error && 'stdout' in error) return String(error.stdout);
    throw error;
  }
}

/** What the strict compiler says of a program. */
function compile(file: string): string[] {
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
    lib: ['lib.es2023.d.ts'],
  };
  const program = ts.createProgram([file], options);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const USAGE = {
  none: `
    import type { components, webhooks } from './none.js';
    type Paid = webhooks['order.paid']['post'];
    const body: Paid['requestBody']['content']['application/json'] = {} as components['schemas']['OrderDto'];
    export const id: string = body.id;
    export const kind: 'card' | 'transfer' = body.payment.kind;
    export const currency: 'EUR' | 'USD' = body.currency;
    export const event: 'order.paid' = {} as Paid['parameters']['header']['webhook-event'];
    type Imported = webhooks['orders.imported']['post']['requestBody']['content']['application/json'];
    export const many: Imported = [{ id, currency }];
    export type Gone = webhooks['cache.emptied']['delete']['responses'][410];
    // @ts-expect-error the array holds orders
    export const wrong: Imported = [{ id }];
    // @ts-expect-error no such webhook
    export type None = webhooks['order.payed'];
  `,
  standard: `
    import type { webhooks } from './standard.js';
    type BodyOf<T> = T extends { requestBody: { content: { 'application/json': infer B } } } ? B : never;
    type Paid = BodyOf<webhooks['order.paid']['post']>;
    export const type: Paid['type'] = 'order.paid';
    export const id = (body: Paid): string => body.data.id;
    export const empty: BodyOf<webhooks['cache.emptied']['delete']> = { type: 'cache.emptied', timestamp: '' };
    // @ts-expect-error another event type
    export const wrong: Paid['type'] = 'order.gone';
  `,
};

describe.each([BARE, ENVELOPED])('a rich document with the envelope $envelope', (wire) => {
  let document: OpenAPIObject;
  let path: string;

  beforeAll(async () => {
    document = await documentOf({ providers: [richClass(Webhook)] }, wire);
    path = join(folder, `${wire.envelope}.json`);
    await writeFile(path, JSON.stringify(document));
  });

  it('is valid for openapi-schema-validator', async () => {
    const result = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    expect(result).toEqual({ valid: true });
  });

  it('is valid for Redocly and Spectral, which do find a wrong schema type', async () => {
    await writeFile(join(folder, 'ruleset.json'), JSON.stringify({ extends: ['spectral:oas'] }));
    const broken = structuredClone(document);
    Object.assign(broken.components?.schemas?.['LineDto'] ?? {}, { type: 'lines' });
    const brokenPath = join(folder, `${wire.envelope}.broken.json`);
    await writeFile(brokenPath, JSON.stringify(broken));

    const linters = [
      ['redocly', 'lint', '--extends', 'recommended', '--format', 'stylish'],
      ['spectral', 'lint', '--ruleset', 'ruleset.json', '--fail-severity', 'error'],
    ] as const;
    for (const [command, ...args] of linters) {
      expect(await lint(command, ...args, path)).toBe('');
      expect(await lint(command, ...args, brokenPath)).toMatch(/type/);
    }
  });

  it('makes types that a strict compiler accepts', async () => {
    const types = astToString(await openapiTS(JSON.stringify(document)));
    await writeFile(join(folder, `${wire.envelope}.d.ts`), types);
    const usage = join(folder, `${wire.envelope}.usage.ts`);
    await writeFile(usage, USAGE[wire.envelope]);
    expect(compile(usage)).toEqual([]);
  });
});
