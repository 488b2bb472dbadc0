// A claim of 64 deliveries while many others wait.
import { join } from 'node:path';
import { figure, table, times } from '../report/table.mjs';
import { run } from '../support/processes.mjs';
import { withScratch } from '../support/scratch.mjs';
import { STORE_TITLES, storesFor } from '../support/stores.mjs';

const STORE = join(import.meta.dirname, '../processes/backlog.store.mjs');

export const title = 'Backlog';

export async function measure({ quick, full, servers }) {
  const size = quick
    ? { subscriptions: 100, sizes: [1_000, 2_000], claims: 4 }
    : { subscriptions: 1_000, sizes: [10_000, 100_000, ...(full ? [1_000_000] : [])], claims: 80 };
  const rows = [];
  for (const name of storesFor(servers)) {
    const results = await withScratch(servers, (scratch) =>
      run(STORE, { name, ...size, servers, scratch }, { core: 0 }),
    );
    console.error(`  ${name}: ${results.map(({ time }) => time.median.toFixed(0)).join(', ')} µs`);
    rows.push({ name, title: STORE_TITLES[name], results });
  }
  return { sizes: size.sizes, rows };
}

export function report({ sizes, rows }) {
  const pending = sizes.map((size) => `µs with ${size.toLocaleString('en-US')} pending`);
  const head = ['a claim of 64', ...pending, 'last ÷ first'];
  const cells = rows.map((row) => [
    row.title,
    ...row.results.map(({ time }) => figure(time.median)),
    times(growth(row)),
  ]);
  return table(head, cells);
}

function growth({ results }) {
  return results.at(-1).time.median / results[0].time.median;
}

export function ratios({ rows }) {
  return rows.map((row) => [
    `claim with the largest backlog ÷ smallest, ${row.title}`,
    growth(row),
  ]);
}

export function goals() {
  return [];
}
