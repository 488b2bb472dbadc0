// 100,000 retries that wait, of which 200 a second become due.
import { join } from 'node:path';
import { figure, table } from '../report/table.mjs';
import { run } from '../support/processes.mjs';
import { withScratch } from '../support/scratch.mjs';
import { STORE_TITLES, storesFor } from '../support/stores.mjs';

const SENDER = join(import.meta.dirname, '../processes/retries.sender.mjs');
const TIMERS = 'a `setTimeout` for each, undici';

export const title = 'Waiting retries';

export async function measure({ quick, servers }) {
  const size = quick
    ? { subscriptions: 100, retries: 200, measured: 100, rate: 200, warmUp: 200, lead: 2_000 }
    : {
        subscriptions: 1_000,
        retries: 100_000,
        measured: 1_200,
        rate: 200,
        warmUp: 1_000,
        lead: 10_000,
      };
  const names = ['timers', ...storesFor(servers)];
  const rows = [];
  for (const name of names) {
    const result = await withScratch(servers, (scratch) => {
      const order = { name, ...size, servers, scratch };
      return run(SENDER, order, { core: 0, flags: ['--expose-gc'] });
    });
    console.error(`  ${name}: ${result.heap.toFixed(1)} MiB, ${result.mean.toFixed(1)} ms late`);
    rows.push({ name, title: STORE_TITLES[name] ?? TIMERS, ...result });
  }
  return { retries: size.retries, rows };
}

export function report({ retries, rows }) {
  const head = [
    `${retries.toLocaleString('en-US')} waiting retries`,
    'heap MiB',
    'mean lateness ms',
    'p99 ms',
  ];
  const cells = rows.map((row) => [row.title, ...[row.heap, row.mean, row.p99].map(figure)]);
  return table(head, cells);
}

export function ratios({ rows: [timers, ...stores] }) {
  return stores.map((row) => [`heap, ${row.title}`, row.heap / timers.heap]);
}

export function goals({ rows: [, ...stores] }) {
  return stores.flatMap(({ title: store, heap, mean }) => [
    {
      goal: `100,000 waiting retries, ${store}: ≤ 3 MB of heap`,
      measured: `${figure(heap)} MiB`,
      met: heap <= 3,
    },
    {
      goal: `their mean lateness, ${store}: ≤ 5 ms`,
      measured: `${figure(mean)} ms`,
      met: mean <= 5,
    },
  ]);
}
