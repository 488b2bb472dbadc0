// Accepting alone: one call after another, and 64 at once.
import { join } from 'node:path';
import { figure, spread, table } from '../report/table.mjs';
import { run } from '../support/processes.mjs';
import { withScratch } from '../support/scratch.mjs';
import { summaries } from '../support/statistics.mjs';

const SENDER = join(import.meta.dirname, '../processes/send.sender.mjs');
const ROWS = [
  { name: 'memory', validated: true, title: 'memory, a DTO of 4 validated fields' },
  { name: 'memory', validated: false, title: 'memory, not validated' },
  { name: 'sqlite', validated: true, title: 'SQLite, validated' },
  { name: 'postgres', validated: true, title: 'PostgreSQL, validated', needs: 'postgres' },
  { name: 'bullmq-redis', title: '`queue.add` of BullMQ, Redis', needs: 'redis' },
];

export const title = 'Accepting';

export async function measure({ quick, rounds, servers }) {
  const able = ROWS.filter(({ needs }) => needs === undefined || needs in servers);
  const runs = new Map(able.map((row) => [row, []]));
  for (let round = 0; round < rounds; round++) {
    for (const row of able) {
      const result = await withScratch(servers, (scratch) => {
        const order = { ...row, seconds: quick ? 0.1 : 1, servers, scratch };
        return run(SENDER, order, { core: 0 });
      });
      console.error(`  ${row.title}: ${result.time.toFixed(0)} µs, ${result.rate.toFixed(0)}/s`);
      runs.get(row).push(result);
    }
  }
  return { rows: able.map((row) => ({ ...row, ...summaries(runs.get(row)) })) };
}

export function report({ rows }) {
  const head = ['`send`', 'µs, one after another', 'CPU µs', 'accepted/s, 64 at once', 'CPU µs'];
  const cells = rows.map((row) => [
    row.title,
    spread(row.time),
    spread(row.cpu),
    spread(row.rate),
    spread(row.cpuTogether),
  ]);
  return table(head, cells);
}

/** Milliseconds and rates of two machines do not compare; the cost of validation does. */
export function ratios({ rows: [validated, bare] }) {
  return [['`send` on memory, validated ÷ not', validated.cpu.min / bare.cpu.min]];
}

export function goals({ rows: [validated] }) {
  const goal = '`send` on memory with a validated DTO of 4 fields: ≤ 40 µs';
  return [{ goal, measured: `${figure(validated.cpu.min)} µs`, met: validated.cpu.min <= 40 }];
}
