import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import ts from 'typescript';

/** One import, re-export or `import()` of a source file. */
export interface SourceImport {
  /** A path below the source folder (`signing/index.ts`), or the name of a package or built-in. */
  readonly target: string;
  readonly external: boolean;
  /** Written with `import type` or `export type`, hence not there at run time. */
  readonly typeOnly: boolean;
}

/** What the rules of the architecture need to know of one file. */
export interface SourceFile {
  /** Path below the source folder, with `/`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly SourceImport[];
  readonly syntax: ts.SourceFile;
}

/** Reads every TypeScript file below `folder`. */
export function readSources(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readSource(folder, path.split(sep).join('/')))
    .sort((a, b) => a.path.localeCompare(b.path));
}

/** The source file that the relative specifier of an import in `from` means. */
export function resolveFrom(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

function readSource(folder: string, path: string): SourceFile {
  const text = readFileSync(join(folder, path), 'utf8');
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, lines: text.trimEnd().split('\n').length, imports: importsOf(syntax), syntax };
}

function importsOf(file: ts.SourceFile): SourceImport[] {
  const imports: SourceImport[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push(resolve(file.fileName, specifier, isTypeOnly(node)));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return imports;
}

function specifierOf(node: ts.Node): string | undefined {
  let specifier: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    specifier = node.moduleSpecifier;
  } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    specifier = node.argument.literal;
  } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    specifier = node.arguments[0];
  }
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) {
    return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  }
  return ts.isImportTypeNode(node) || (ts.isExportDeclaration(node) && node.isTypeOnly);
}

function resolve(from: string, specifier: string, typeOnly: boolean): SourceImport {
  if (specifier.startsWith('.')) {
    return { target: resolveFrom(from, specifier), external: false, typeOnly };
  }
  const segments = specifier.split('/');
  const target = segments.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  return { target, external: true, typeOnly };
}
