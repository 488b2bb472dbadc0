// What sending webhooks costs: `npm run bench`, or `npm run bench -- NAME [NAME]` for some of the scenarios.
// Flags: --quick (small, writes nothing) --rounds 3 (runs of each contestant) --only NAME,NAME (of the
// contestants) --full (a backlog of 1,000,000 too) --compare FILE (tells how ratios changed since)
import { parseArgs } from 'node:util';
import { comparison } from './report/compare.mjs';
import { writeDocument } from './report/document.mjs';
import { readResults, RESULTS, writeResults } from './report/results.mjs';
import { describeMachine } from './support/machine.mjs';
import { findServers } from './support/servers.mjs';

const SCENARIOS = ['stream', 'send', 'fanout', 'hanging', 'catalogue', 'backlog', 'retries'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    compare: { type: 'string' },
  },
});
const { quick, full } = values;
const unknown = positionals.find((name) => !SCENARIOS.includes(name));
if (unknown) throw new Error(`There is no ${unknown}: choose of ${SCENARIOS.join(', ')}.`);

const before = values.compare === undefined ? null : await readResults(values.compare);
const servers = await findServers();
const rounds = quick ? 1 : Number(values.rounds);
const context = { quick, full, rounds, only: values.only?.split(','), servers };

const all = [];
for (const name of SCENARIOS) all.push({ name, ...(await import(`./scenarios/${name}.mjs`)) });
const chosen = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const results = await readResults(RESULTS).catch(() => ({}));
for (const { name, title, measure, report, goals } of chosen) {
  console.error(name);
  const result = await measure(context);
  const measuredAt = new Date().toISOString().slice(0, 10);
  results[name] = { measuredAt, machine: describeMachine(servers), result };
  console.log(`\n## ${title}\n\n${report(result)}\n`);
  // Small runs tell nothing but that all works.
  for (const { goal, measured, met } of quick ? [] : goals(result)) {
    console.log(`${met ? 'met' : 'NOT MET'}: ${goal}: ${measured}`);
  }
  // Part of the contestants, or small runs, are no results to keep.
  if (!quick && values.only === undefined) {
    await writeResults(results);
    await writeDocument(all, results);
  }
}
if (before !== null) console.log(`\n${comparison(chosen, before, results)}`);
