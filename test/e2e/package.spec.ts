import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/**
 * What each entry point exports at run time, sorted. A line here is a promise to every user: one that
 * disappears or changes its name is a breaking change.
 */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  '.': [
    'AmbiguousEventTypeError',
    'BlockedUrlError',
    'ChallengeFailedError',
    'Clock',
    'ConnectionError',
    'CreateSubscriptionDto',
    'DEFAULT_RETRY',
    'DEFAULT_TENANT',
    'DeliveriesService',
    'DeliveryEngine',
    'DeliveryInFlightError',
    'DeliveryNotFoundError',
    'DuplicateWebhookError',
    'ErasedBodyTypeError',
    'EventExpungedError',
    'EventNotFoundError',
    'FilterFailedError',
    'HostResolver',
    'HttpServiceMisuseError',
    'IdempotencyConflictError',
    'IdempotencyStore',
    'InMemoryIdempotencyStore',
    'InMemoryWebhookStore',
    'InProcessEngine',
    'InvalidArgumentError',
    'InvalidEgressOptionError',
    'InvalidEventTypeError',
    'InvalidExampleError',
    'InvalidSecretError',
    'InvalidSignatureOptionError',
    'InvalidWebhookMethodError',
    'InvalidWebhookOptionError',
    'InvalidWebhookStubError',
    'MissingExampleError',
    'NotAStubError',
    'OnWebhookNotification',
    'OpenApiVersionError',
    'PayloadTooLargeError',
    'PayloadValidationError',
    'ProviderScopeError',
    'Randomness',
    'RawBodyMissingError',
    'ReceiverOptionsError',
    'ReservedEventTypeError',
    'SchemaNameConflictError',
    'SubscriptionDisabledError',
    'SubscriptionLimitError',
    'SubscriptionNotFoundError',
    'SubscriptionUnverifiedError',
    'SubscriptionsService',
    'SystemClock',
    'SystemHostResolver',
    'SystemRandomness',
    'TooManyRequestsError',
    'TransactionUnsupportedError',
    'UndocumentedBodyError',
    'UnknownEventTypeError',
    'UnknownWebhookClassError',
    'UnreadableRecordError',
    'VerifyWebhook',
    'VerifyWebhookMissingError',
    'Webhook',
    'WebhookCatalog',
    'WebhookClashError',
    'WebhookFilter',
    'WebhookHttpService',
    'WebhookNotVerifiedError',
    'WebhookService',
    'WebhookSignatureGuard',
    'WebhookStore',
    'WebhookVerificationError',
    'WebhooksError',
    'WebhooksExceptionFilter',
    'WebhooksModule',
    'exponential',
    'fixed',
    'github',
    'hmacHex',
    'standardWebhooks',
    'stripe',
  ],
  './signing': [
    'InvalidSecretError',
    'InvalidSignatureOptionError',
    'WebhookVerificationError',
    'WebhooksError',
    'createSecret',
    'github',
    'hmacHex',
    'secretHint',
    'sign',
    'standardWebhooks',
    'stripe',
    'verify',
  ],
  './postgres': [
    'PostgresStoreError',
    'PostgresWebhookStore',
    'SchemaOutdatedError',
    'UnknownTransactionError',
    'UnreadableRecordError',
  ],
  './sqlite': [
    'SqliteBusyError',
    'SqliteFailureError',
    'SqliteSchemaError',
    'SqliteWebhookStore',
    'UnreadableRecordError',
  ],
  './bullmq': ['BullMqEngine'],
  './testing': ['FakeClock', 'WebhookReceiver', 'attemptEnded', 'expectSent', 'storeConformance'],
};

const NAME = 'nestjs-webhooks';
const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

let project: string;
let installed: string;
let files: string[];
let manifest: Manifest;

/** npm as a user runs it; on Windows it is a command file, which only a shell can start. */
async function npm(cwd: string, ...args: string[]): Promise<void> {
  await run('npm', args, { cwd, shell: process.platform === 'win32' });
}

// A real installation: what a checkout has and the tarball lacks cannot hide.
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'nestjs-webhooks-package-'));
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await npm(root, 'pack', '--ignore-scripts', '--pack-destination', project);
  const tarball = (await readdir(project)).find((file) => file.endsWith('.tgz'));
  // Of the optional peers this one alone is imported by an entry point.
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const packages = [`./${tarball}`, `bullmq@${devDependencies.bullmq}`];
  await npm(project, 'install', '--prefer-offline', '--ignore-scripts', ...packages);

  installed = join(project, 'node_modules', NAME);
  const entries = await readdir(installed, { recursive: true, withFileTypes: true });
  files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
    .map((path) => path.split(sep).join('/'))
    .sort();
  manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
}, 180_000);

afterAll(async () => {
  await rm(project, { recursive: true, force: true });
});

/** What a script prints that plain Node runs in the project, as an ES module or as CommonJS. */
async function print(type: 'module' | 'commonjs', expression: string): Promise<unknown> {
  const script = `console.log(JSON.stringify(${expression}))`;
  const { stdout } = await run(process.execPath, [`--input-type=${type}`, '-e', script], {
    cwd: project,
  });
  return JSON.parse(stdout);
}

/** The public names of a declaration file, types too, that no docstring explains. */
function undocumented(declarations: string): string[] {
  const options = { module: ts.ModuleKind.NodeNext, experimentalDecorators: true };
  const program = ts.createProgram([declarations], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(declarations);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) return [declarations];
  return checker
    .getExportsOfModule(module)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    )
    .filter((symbol) => symbol.getDocumentationComment(checker).length === 0)
    .map((symbol) => symbol.name);
}

describe('the installed package', () => {
  it.each(Object.keys(EXPORTS))('exports at %s exactly what is promised', async (entry) => {
    const specifier = entry.replace('.', NAME);
    const names = await print('module', `Object.keys(await import('${specifier}')).sort()`);
    expect(names).toEqual(EXPORTS[entry]);
  });

  it('has no other entry point, but its package.json for tools', async () => {
    expect(Object.keys(manifest.exports).sort()).toEqual(
      [...Object.keys(EXPORTS), './package.json'].sort(),
    );
    const version = await print('commonjs', `require('${NAME}/package.json').version`);
    expect(version).toBe(manifest.version);
  });

  it('can be required from CommonJS too', async () => {
    const names = await print('commonjs', `Object.keys(require('${NAME}')).sort()`);
    expect(names).toEqual(EXPORTS['.']);
  });

  it('explains every public name, types too, where an editor shows it', () => {
    const declarations = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [] : [join(installed, target.types)],
    );
    expect(declarations).toHaveLength(Object.keys(EXPORTS).length);
    expect(declarations.flatMap(undocumented)).toEqual([]);
  });
});

describe('the tarball', () => {
  it('has the licence, the readme, the changelog and built code: no source, test or source map', () => {
    const built = files.filter((path) => /^dist\/.+(?<!\.d)\.(js|d\.ts)$/.test(path));
    const others = files.filter((path) => !built.includes(path));
    expect(others).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    expect(built.filter((path) => /\b(spec|test|tests|fixtures|sample)\b/.test(path))).toEqual([]);
    const declarations = built.filter((path) => path.endsWith('.d.ts'));
    expect(declarations.map((path) => path.replace('.d.ts', '.js'))).toEqual(
      built.filter((path) => path.endsWith('.js')),
    );
  });
});
