import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { OPTION_RANGES } from '../../lib/option.ranges.js';
import { resolveOptions } from '../../lib/resolved.options.js';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/defaults.md'), 'utf8');

/** The cells of the table below a heading, without its head. */
function table(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** The names of the options, from their declaration. */
function declaredOptions(): string[] {
  const path = join(root, 'lib/webhooks.options.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === 'WebhooksModuleOptions') {
      return statement.members.map((member) => (member.name as ts.Identifier).text);
    }
  }
  return [];
}

describe('docs/defaults.md', () => {
  it('gives default and range of every number as the code has them', () => {
    const documented = table('Numbers').map(([name, , fallback, range]) => [name, fallback, range]);
    const real = Object.entries(OPTION_RANGES).map(([name, { default: fallback, low, high }]) => [
      name,
      String(fallback),
      `${low} – ${high}`,
    ]);
    expect(documented).toEqual(real);
  });

  it('gives the default of every choice as the code has it', () => {
    const resolved: Readonly<Record<string, unknown>> = { ...resolveOptions({}) };
    const documented = table('Choices');
    expect(documented.length).toBeGreaterThan(0);
    for (const [name, fallback, choices] of documented) {
      expect([name, resolved[name!]]).toEqual([name, fallback]);
      for (const choice of choices!.split(', ')) {
        expect(() => resolveOptions({ [name!]: choice })).not.toThrow();
      }
      expect(() => resolveOptions({ [name!]: 'another' as never })).toThrow(choices);
    }
  });

  it('names every option, and no other', () => {
    const names = ['Numbers', 'Choices', 'Others'].flatMap(table).map(([name]) => name!);
    const documented = new Set(names.map((name) => name.split('.')[0]));
    const declared = declaredOptions();
    expect(declared.length).toBeGreaterThan(0);
    expect(documented).toEqual(new Set(declared));
  });
});
