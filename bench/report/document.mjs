// Puts the results into docs/performance.md, between markers; what stands outside is written by hand.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { chart } from './chart.mjs';
import { table } from './table.mjs';

const DOCS = join(import.meta.dirname, '../../docs');
const DOCUMENT = join(DOCS, 'performance.md');
const CHART = join(DOCS, 'images/performance-stream.svg');

export async function writeDocument(scenarios, results) {
  const measured = scenarios.filter(({ name }) => results[name] !== undefined);
  let text = await readFile(DOCUMENT, 'utf8');
  for (const { name, report } of measured) text = put(text, name, report(results[name].result));
  text = put(text, 'goals', goalsTable(measured, results));
  text = put(text, 'machine', machineOf(results));
  const options = await resolveConfig(DOCUMENT);
  await writeFile(DOCUMENT, await format(text, { ...options, filepath: DOCUMENT }));
  if (results.stream) await writeFile(CHART, chart(results.stream.result));
}

function put(text, name, content) {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [before, rest] = text.split(begin);
  if (rest === undefined) return text;
  return `${before}${begin}\n\n${content}\n\n${end}${rest.split(end)[1]}`;
}

function goalsTable(scenarios, results) {
  const goals = scenarios.flatMap(({ name, goals: of }) => of(results[name].result));
  const rows = goals.map(({ goal, measured, met }) => [goal, measured, met ? 'yes' : '**no**']);
  return table(['goal', 'measured', 'met'], rows);
}

function machineOf(results) {
  const latest = Object.values(results).reduce((a, b) => (a.measuredAt >= b.measuredAt ? a : b));
  const { processor, cores, memory, platform, node, postgres, redis } = latest.machine;
  const machine = `${cores} cores (${processor}), ${memory}, ${platform}, Node ${node}`;
  const servers = [
    postgres && `PostgreSQL ${postgres}`,
    redis && `Redis ${redis}`,
    'SQLite by libsql',
  ];
  return `Measured ${latest.measuredAt} on ${machine}; ${servers.filter(Boolean).join(', ')}.`;
}
