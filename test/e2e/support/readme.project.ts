import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NodeProcess } from '../support/node.process.js';

const root = join(import.meta.dirname, '../../..');
const NAME = /^\/\/ (\S+\.ts)\n/;

const COMPILER_OPTIONS = {
  target: 'ES2023',
  module: 'nodenext',
  strict: true,
  noUncheckedIndexedAccess: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  types: ['node'],
};

/** A block of code of the README: `name` is what its first line says. */
export interface CodeBlock {
  readonly name: string | undefined;
  readonly code: string;
}

export async function readReadme(): Promise<string> {
  return readFile(join(root, 'README.md'), 'utf8');
}

/** The blocks of TypeScript in a text. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => ({
    name: NAME.exec(code)?.[1],
    code,
  }));
}

/**
 * Writes blocks as the files of a project and compiles it strictly; rejects with the compiler's errors.
 * @returns its folder: inside the repository, where the package's own name resolves to what is built
 */
export async function compile(blocks: readonly CodeBlock[]): Promise<string> {
  const folder = await mkdtemp(join(root, '.readme-'));
  for (const { name = '', code } of blocks) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), code);
  }
  const configuration = {
    compilerOptions: COMPILER_OPTIONS,
    files: blocks.map(({ name }) => name),
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { code, output } = await NodeProcess.start([compiler, '-p', folder]).end();
  if (code === 0) return folder;
  await rm(folder, { recursive: true });
  throw new Error(output);
}
