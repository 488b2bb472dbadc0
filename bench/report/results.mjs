// The last results of each scenario, in bench/results.json.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';

export const RESULTS = join(import.meta.dirname, '../results.json');

export async function readResults(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Figures with four digits: more are not worth keeping. */
function rounded(_, value) {
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(4))
    : value;
}

export async function writeResults(results) {
  const text = JSON.stringify(results, rounded);
  await writeFile(RESULTS, await format(text, { filepath: RESULTS, printWidth: 100 }));
}
