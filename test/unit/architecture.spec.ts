import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { readSources, resolveFrom, type SourceFile } from '../support/source.file.js';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Leaves without behaviour of their own, which (almost) every part may use. */
const LEAVES = ['error', 'options', 'platform', 'records'];

/** Which other parts a part may import. Files at the top of lib/ put the parts together: no limit. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  error: [],
  platform: ['error'],
  records: [],
  schedule: LEAVES,
  discovery: ['error'],
  filter: [...LEAVES, 'store', 'catalog', 'discovery', 'subscriptions'],
  notifications: [...LEAVES, 'catalog', 'discovery'],
  store: ['error', 'records'],
  engine: LEAVES,
  signing: ['error', 'platform'],
  egress: LEAVES,
  catalog: [...LEAVES, 'schedule'],
  openapi: [...LEAVES, 'catalog'],
  subscriptions: [
    ...LEAVES,
    'schedule',
    'store',
    'catalog',
    'egress',
    'signing',
    'filter',
    'notifications',
  ],
  delivery: [
    ...LEAVES,
    'store',
    'catalog',
    'egress',
    'signing',
    'engine',
    'subscriptions',
    'filter',
    'notifications',
  ],
  receiver: [...LEAVES, 'signing'],
  testing: ['platform', 'public'],
  'store/codec': LEAVES,
  'store/memory': [...LEAVES, 'store'],
  'store/postgres': [...LEAVES, 'store', 'store/codec'],
  'store/sqlite': [...LEAVES, 'store', 'store/codec'],
  'engine/in-process': [...LEAVES, 'engine'],
  'engine/bullmq': [...LEAVES, 'engine'],
};

const root = join(import.meta.dirname, '../..');
const sources = readSources(join(root, 'lib'));
const byPath = new Map(sources.map((file) => [file.path, file]));
const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entryPoints = Object.values(manifest.exports)
  .flatMap((target) => (typeof target === 'string' ? [] : [target.default]))
  .map((target) => target.replace('./dist/', '').replace(/\.js$/, '.ts'))
  .sort();

/** The part a file belongs to: its folder, where `store/` and `engine/` hold a port and its adapters. */
function partOf(path: string): string {
  if (path === 'webhooks.error.ts') return 'error';
  if (path === 'webhooks.options.ts') return 'options';
  const folders = path.split('/').slice(0, -1);
  if (folders[0] === undefined) return 'front';
  if (folders[0] === 'store' && folders.length === 1) {
    return path === 'store/webhook.store.ts' ? 'store' : 'records';
  }
  return folders.slice(0, ['store', 'engine'].includes(folders[0]) ? 2 : 1).join('/');
}

function mayImport(from: string, target: string): boolean {
  const part = partOf(from);
  if (part === partOf(target) || part === 'front' || part === 'options') return true;
  const allowed = MAY_IMPORT[part] ?? [];
  return (
    allowed.includes(partOf(target)) || (allowed.includes('public') && entryPoints.includes(target))
  );
}

/** The files that evaluate each other in a circle, as `a → b → a`. */
function cycleFrom(start: string): string | undefined {
  const seen = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string | undefined => {
    for (const { target, external, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (external || typeOnly) continue;
      if (target === start) return [...trail, start].join(' → ');
      if (seen.has(target)) continue;
      seen.add(target);
      const found = walk(target, [...trail, target]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}

/** The packages that importing `path` loads. */
function packagesBehind(path: string, seen = new Set([path])): string[] {
  return (byPath.get(path)?.imports ?? []).flatMap(({ target, external }) => {
    if (external) return [target];
    if (seen.has(target)) return [];
    seen.add(target);
    return packagesBehind(target, seen);
  });
}

function exportedClasses(file: SourceFile): string[] {
  return file.syntax.statements
    .filter(ts.isClassDeclaration)
    .filter((node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .map((node) => node.name?.text ?? 'default');
}

/** The classes and values that `path` exports at run time, its own and those it re-exports. */
function exportedNames(path: string): string[] {
  const file = byPath.get(path);
  if (file === undefined) return [];
  const reExports = file.syntax.statements
    .filter(ts.isExportDeclaration)
    .filter((node) => !node.isTypeOnly)
    .flatMap(({ exportClause, moduleSpecifier }) => {
      if (exportClause !== undefined && ts.isNamedExports(exportClause)) {
        return exportClause.elements.filter((e) => !e.isTypeOnly).map((e) => e.name.text);
      }
      const target = moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier);
      return target ? exportedNames(resolveFrom(path, moduleSpecifier.text)) : [];
    });
  return [...exportedClasses(file), ...reExports];
}

describe('the parts of lib/', () => {
  it('import each other only as the table allows', () => {
    const forbidden = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ target, external }) => !external && !mayImport(path, target))
        .map(({ target }) => `${path} → ${target}`),
    );
    expect(forbidden).toEqual([]);
  });

  it('each have a rule', () => {
    const parts = new Set(sources.map(({ path }) => partOf(path)));
    const ruled = [...Object.keys(MAY_IMPORT), 'front', 'options'];
    expect([...parts].filter((part) => !ruled.includes(part))).toEqual([]);
  });

  it('take only types from the options', () => {
    const values = sources
      .filter(({ path }) => partOf(path) !== 'front')
      .filter(({ imports }) =>
        imports.some(({ target, typeOnly }) => target === 'webhooks.options.ts' && !typeOnly),
      );
    expect(values.map(({ path }) => path)).toEqual([]);
  });

  it('import only files that exist, by their .js name', () => {
    const missing = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ target, external }) => !external && !byPath.has(target))
        .map(({ target }) => `${path} → ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('form no import cycle', () => {
    expect(sources.map(({ path }) => cycleFrom(path)).filter(Boolean)).toEqual([]);
  });

  it('keep Nest and every other peer dependency out of signing', () => {
    const packages = packagesBehind('signing/index.ts');
    expect(packages).toContain('node:crypto');
    expect(packages.filter((name) => name in manifest.peerDependencies)).toEqual([]);
  });
});

describe('the files of lib/', () => {
  it('have at most 300 lines, and 20 to 80 in the median', () => {
    const lines = sources.map((file) => file.lines).sort((a, b) => a - b);
    expect(sources.filter((file) => file.lines > 300).map(({ path }) => path)).toEqual([]);
    const median = lines[Math.floor(lines.length / 2)];
    expect(median).toBeGreaterThanOrEqual(20);
    expect(median).toBeLessThanOrEqual(80);
  });

  it('are named index.ts only where the package has an entry point', () => {
    const indexes = sources.map(({ path }) => path).filter((path) => /(^|\/)index\.ts$/.test(path));
    expect(indexes.sort()).toEqual(entryPoints);
  });

  it('hold exactly one class each where they are named *.error.ts, all of them exported', () => {
    const errors = sources.filter(({ path }) => path.endsWith('.error.ts'));
    const classes = errors.map((file) => ({ path: file.path, classes: exportedClasses(file) }));
    expect(classes.filter((file) => file.classes.length !== 1)).toEqual([]);

    const exported = entryPoints.flatMap((entry) => exportedNames(entry));
    const hidden = classes.flatMap((file) => file.classes).filter((n) => !exported.includes(n));
    expect(hidden).toEqual([]);
  });

  it('declare no error class outside of *.error.ts', () => {
    const stray = sources
      .filter(({ path }) => !path.endsWith('.error.ts'))
      .filter(({ syntax }) => /class \w+ extends \w*Error\b/.test(syntax.text));
    expect(stray.map(({ path }) => path)).toEqual([]);
  });
});

describe('the dependencies', () => {
  const { dependencies, peerDependencies } = manifest;
  const imported = new Set(
    sources.flatMap(({ imports }) => imports.filter((i) => i.external).map((i) => i.target)),
  );

  it('are declared where they are imported, and imported where they are declared', () => {
    const undeclared = [...imported].filter(
      (name) => !name.startsWith('node:') && !(name in dependencies) && !(name in peerDependencies),
    );
    expect(undeclared).toEqual([]);
    expect(Object.keys(dependencies).filter((name) => !imported.has(name))).toEqual([]);
  });

  it('are justified in docs/dependencies.md, in one line each', () => {
    const lines = readFileSync(join(root, 'docs/dependencies.md'), 'utf8').split('\n');
    const justified = lines.flatMap((line) => /^\| `([^`]+)` +\| \S/.exec(line)?.[1] ?? []);
    expect(justified.sort()).toEqual(
      [...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort(),
    );
  });
});
