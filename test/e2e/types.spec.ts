import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');

/** What the compiler says of files, as strictly as the project is compiled. */
function complaints(files: readonly string[], edit: (text: string) => string = (t) => t): string[] {
  const path = join(root, 'test/tsconfig.json');
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'test'));
  const names = files.map((file) => join(root, 'test/types', file));
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (name) => {
    const text = read(name);
    return text !== undefined && names.includes(name) ? edit(text) : text;
  };
  const program = ts.createProgram(names, options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('types', () => {
  it.each(['of.types.ts', 'hooks.types.ts'])('%s: right compiles and wrong does not', (file) => {
    expect(complaints([file])).toEqual([]);
  });

  it('the compiler really looks: without the expectations it complains of each', () => {
    const expected = '@ts-expect-error';
    const forget = (text: string): string => text.replaceAll(expected, '');
    const text = ts.sys.readFile(join(root, 'test/types/of.types.ts')) ?? '';
    const count = text.split(expected).length - 1;
    expect(count).toBeGreaterThan(0);
    expect(complaints(['of.types.ts'], forget)).toHaveLength(count);
  });
});
