// Single events in a stream, 64 requests in flight to 8 receivers.
import { join } from 'node:path';
import { contestantsFor, STREAM } from '../contestants/index.mjs';
import { figure, spread, table, times } from '../report/table.mjs';
import { run } from '../support/processes.mjs';
import { withScratch } from '../support/scratch.mjs';
import { summaries } from '../support/statistics.mjs';

const SENDER = join(import.meta.dirname, '../processes/stream.sender.mjs');

export const title = 'Single events';

export async function measure(context) {
  const { quick, rounds, servers } = context;
  const phases = quick ? { warmUp: 0.1, seconds: 0.2 } : { warmUp: 3, seconds: 2 };
  const contestants = await contestantsFor(context, STREAM);
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

export function ratios({ rows }) {
  return rows.flatMap((row) =>
    row.ratio === null ? [] : [[`CPU ÷ raw client, ${row.title}`, row.ratio]],
  );
}

export function goals({ rows }) {
  const row = (name) => rows.find((each) => each.name === name);
  const ratio = (name) => row(name)?.ratio;
  const rate = (name) => row(name)?.rate.median / row('bullmq-redis')?.rate.median;
  const cpu = (name) => row(name)?.cpu.min / row('bullmq-redis')?.cpu.min;
  const stored = ratio('sqlite') - ratio('memory-direct');
  return [
    most('CPU against the raw client: memory, axios', 2.6, ratio('memory-axios')),
    most('CPU against the raw client: memory, direct', 1.6, ratio('memory-direct')),
    most('CPU against the raw client: SQLite, on top of memory', 0.7, stored),
    most('CPU against the raw client: PostgreSQL', 3, ratio('postgres')),
    least('deliveries/s against BullMQ + axios on Redis: PostgreSQL', 8, rate('postgres')),
    most('CPU against BullMQ + axios on Redis: PostgreSQL', 0.15, cpu('postgres')),
    least('deliveries/s against BullMQ + axios: `BullMqEngine`', 5, rate('postgres-bullmq')),
  ]
    .filter(({ measured }) => Number.isFinite(measured))
    .map((each) => ({ ...each, measured: times(each.measured) }));
}

function most(goal, limit, measured) {
  return { goal: `${goal} ≤ ${limit}×`, measured, met: measured <= limit };
}

function least(goal, limit, measured) {
  return { goal: `${goal} ≥ ${limit}×`, measured, met: measured >= limit };
}
