// One receiver in ten that never answers: `bench/fairness`, in short.
import { join } from 'node:path';
import { figure, table, times } from '../report/table.mjs';
import { run } from '../support/processes.mjs';

const FAIRNESS = join(import.meta.dirname, '../fairness/main.mjs');

export const title = 'Hanging receivers';

export async function measure({ quick }) {
  const size = quick
    ? { receivers: 20, hanging: 2, rate: 50, seconds: 1, backlog: 100 }
    : { receivers: 1_000, hanging: 100, rate: 200, seconds: 5, backlog: 100_000 };
  const args = Object.entries(size).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  if (quick) args.push('--only', 'none');
  return { rows: await run(FAIRNESS, args, {}) };
}

export function report({ rows }) {
  const head = ['scenario', 'healthy served', 'p50 ms', 'p99 ms'];
  const cells = rows.map(({ title: scenario, served, offered, p50, p99 }) => [
    scenario,
    `${figure((100 * served) / offered)} %`,
    figure(p50),
    figure(p99),
  ]);
  return table(head, cells);
}

export function ratios({ rows: [none, ...hanging] }) {
  return hanging.map(({ title: scenario, p99 }) => [`p99, ${scenario}`, p99 / none.p99]);
}

export function goals({ rows: [none, ...hanging] }) {
  return hanging.map(({ title: scenario, p99 }) => {
    const ratio = p99 / none.p99;
    return { goal: `p99 with ${scenario} ≤ 2×`, measured: times(ratio), met: ratio <= 2 };
  });
}
