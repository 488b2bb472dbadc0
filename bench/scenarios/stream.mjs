// Single events in a stream, 64 requests in flight to 8 receivers.
import { join } from 'node:path';
import { contestantsFor } from '../contestants/index.mjs';
import { figure, spread, table, times } from '../report/table.mjs';
import { run } from '../support/processes.mjs';
import { withScratch } from '../support/scratch.mjs';
import { summaries } from '../support/statistics.mjs';

const SENDER = join(import.meta.dirname, '../processes/stream.sender.mjs');

export const title = 'Single events';

export async function measure({ quick, rounds, servers, only }) {
  const phases = quick ? { warmUp: 0.1, seconds: 0.2 } : { warmUp: 1.5, seconds: 2 };
  const contestants = await contestantsFor(servers, only);
  const runs = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name } of contestants) {
      const result = await withScratch(servers, (scratch) => {
        const order = { name, ports: 8, inFlight: 64, rate: 200, ...phases, servers, scratch };
        return run(SENDER, order, { core: 0 });
      });
      console.error(`  ${name}: ${result.cpu.toFixed(0)} µs, ${result.rate.toFixed(0)}/s`);
      runs.get(name).push(result);
    }
  }
  const rows = contestants.map((each) => ({ ...each, ...summaries(runs.get(each.name)) }));
  const raw = rows.find(({ name }) => name === 'undici');
  return { rows: rows.map((row) => ({ ...row, ratio: raw ? row.cpu.min / raw.cpu.min : null })) };
}

export function report({ rows }) {
  const head = [
    'contestant',
    'CPU µs a delivery',
    '× raw client',
    'deliveries/s',
    'p50 ms',
    'p99 ms',
    'RSS MiB',
  ];
  const cells = rows.map((row) => [
    row.title,
    spread(row.cpu),
    row.ratio === null ? '–' : times(row.ratio),
    spread(row.rate),
    spread(row.p50),
    spread(row.p99),
    figure(row.rss.median),
  ]);
  return table(head, cells);
}
