// One event to 10,000 subscriptions.
import { join } from 'node:path';
import { contestantsFor, FAN_OUT } from '../contestants/index.mjs';
import { spread, table, times } from '../report/table.mjs';
import { run } from '../support/processes.mjs';
import { withScratch } from '../support/scratch.mjs';
import { summaries } from '../support/statistics.mjs';

const SENDER = join(import.meta.dirname, '../processes/fanout.sender.mjs');

export const title = 'Fan-out';

export async function measure(context) {
  const { quick, rounds, servers } = context;
  const receivers = quick ? 100 : 10_000;
  const contestants = await contestantsFor(context, FAN_OUT);
  const runs = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < Math.min(2, rounds); round++) {
    for (const { name } of contestants) {
      const result = await withScratch(servers, (scratch) => {
        const order = { name, receivers, inFlight: 64, servers, scratch };
        return run(SENDER, order, { core: 0, flags: ['--expose-gc'] });
      });
      console.error(`  ${name}: ${result.all.toFixed(0)} ms, +${result.growth.toFixed(0)} MiB`);
      runs.get(name).push(result);
    }
  }
  const rows = contestants.map((each) => ({ ...each, ...summaries(runs.get(each.name)) }));
  return { receivers, rows };
}

export function report({ receivers, rows }) {
  const head = [
    `1 event to ${receivers.toLocaleString('en-US')} subscriptions`,
    'accepted after ms',
    'all arrived after ms',
    'CPU µs a delivery',
    'RSS growth MiB',
  ];
  const cells = rows.map(({ title: contestant, accept, all, cpu, growth }) => [
    contestant,
    spread(accept),
    spread(all),
    spread(cpu),
    spread(growth),
  ]);
  return table(head, cells);
}

function growthAgainstAxios({ rows }) {
  const axios = rows.find(({ name }) => name === 'promise-all');
  const own = rows.filter((row) => row.own);
  return own.map((row) => ({ ...row, ratio: row.growth.median / axios.growth.median }));
}

export function ratios(result) {
  return growthAgainstAxios(result).map((row) => [`RSS growth, ${row.title}`, row.ratio]);
}

export function goals(result) {
  const worst = Math.max(...growthAgainstAxios(result).map(({ ratio }) => ratio));
  const goal = 'fan-out: RSS growth of each store ≤ 1/8 of `Promise.all` of axios';
  return [{ goal, measured: times(worst), met: worst <= 1 / 8 }];
}
