// How much later healthy receivers get their webhooks when others hang: `npm run bench:fairness`.
// Flags: --receivers 1000 --hanging 100 --rate 400 (events/s over all) --seconds 10 --backlog 100000
// --share 0.8 (that part of the events goes to those that hang; to all in turn without it)
// --replicas 3 (sending processes on one PostgreSQL, see support/servers.mjs; in memory without it)
// --rounds 1 (the scenarios in turn; the best round of each counts, for machines that do other work too)
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withScratch } from '../support/scratch.mjs';
import { findServers } from '../support/servers.mjs';

const { values } = parseArgs({
  options: {
    receivers: { type: 'string', default: '1000' },
    hanging: { type: 'string', default: '100' },
    rate: { type: 'string', default: '400' },
    seconds: { type: 'string', default: '10' },
    backlog: { type: 'string', default: '100000' },
    share: { type: 'string' },
    replicas: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const [receivers, hanging, rate, seconds, backlog, rounds] = [
  values.receivers,
  values.hanging,
  values.rate,
  values.seconds,
  values.backlog,
  values.rounds,
].map(Number);

const replicas = Number(values.replicas ?? 1);
const servers = values.replicas === undefined ? {} : await findServers();
if (values.replicas !== undefined && !servers.postgres) throw new Error('There is no PostgreSQL.');

const scenarios = [
  { title: 'none hanging', hanging: 0, backlog: 0, backlogOf: 'hanging' },
  { title: `${hanging} hanging`, hanging, backlog: 0, backlogOf: 'hanging' },
  {
    title: `${hanging} hanging, ${backlog} retries for them`,
    hanging,
    backlog,
    backlogOf: 'hanging',
  },
  {
    title: `${hanging} hanging, ${backlog} retries for others`,
    hanging,
    backlog,
    backlogOf: 'healthy',
  },
].filter((s) => !values.only || s.title.includes(values.only));

/** For each receiver whether it hangs: so many, evenly spread. */
function spread(count) {
  return Array.from({ length: receivers }, (_, index) => (index * count) % receivers < count);
}

/** The receivers that share the backlog: as many as hang. */
function backlogged({ backlog: size, backlogOf }, hangs) {
  const indexes = hangs.flatMap((hung, index) =>
    hung === (backlogOf === 'hanging') ? [index] : [],
  );
  return size === 0 ? [] : indexes.slice(0, hanging);
}

/** Runs a script in a process of its own, up to its first message. */
async function start(script, order) {
  const child = fork(join(import.meta.dirname, script), [JSON.stringify(order)]);
  const [message] = await once(child, 'message');
  return { child, message };
}

async function end({ child }) {
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}

/** Milliseconds that this part of the requests took at most. */
function percentile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Infinity;
}

/** Starts the sending processes, the first of which makes the subscriptions, and has all offer at once. */
async function startSenders(order) {
  const senders = [];
  for (let replica = 0; replica < replicas; replica++) {
    senders.push(await start('sender.mjs', { ...order, replica }));
  }
  const done = senders.map(({ child }) => once(child, 'message'));
  for (const { child } of senders) child.send('offer');
  return { senders, reports: (await Promise.all(done)).map(([report]) => report) };
}

const sum = (reports, name) => reports.reduce((total, report) => total + report[name], 0);

async function measure(scenario, schema) {
  const hangs = spread(scenario.hanging);
  const receiving = await start('receivers.mjs', { hangs });
  const { senders, reports } = await startSenders({
    backlogged: backlogged(scenario, hangs),
    backlog: scenario.backlog,
    hangs,
    ports: receiving.message,
    rate,
    seconds,
    replicas,
    ...(values.share !== undefined && scenario.hanging > 0 && { share: Number(values.share) }),
    ...(servers.postgres && { postgres: { url: servers.postgres.url, schema } }),
  });
  receiving.child.send('report');
  const [{ latencies, repeats, backlogRate }] = await once(receiving.child, 'message');
  for (const sender of senders) await end(sender);
  await end(receiving);
  latencies.sort((a, b) => a - b);
  return {
    offered: sum(reports, 'offered'),
    cpu: sum(reports, 'cpu'),
    served: latencies.length,
    repeats,
    backlogRate,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
  };
}

const best = new Map();
for (let round = 0; round < rounds; round++) {
  for (const scenario of scenarios) {
    const result = await withScratch(servers, ({ name }) => measure(scenario, name));
    console.error(`round ${round + 1}, ${scenario.title}: p99 ${result.p99.toFixed(1)} ms`);
    if (!(best.get(scenario)?.p99 <= result.p99)) best.set(scenario, result);
  }
}

console.log(`${receivers} receivers, ${rate} events/s, ${seconds} s each; times in ms\n`);
const head = [
  'scenario',
  'healthy served',
  'p50',
  'p95',
  '÷ first',
  'p99',
  '÷ first',
  'backlog/s',
  'CPU',
];
console.log(`| ${head.join(' | ')} |\n|${head.map(() => ' --- |').join('')}`);
for (const [{ title }, result] of best) {
  const { offered, served, repeats, backlogRate, cpu, p50, p95, p99 } = result;
  const share = `${((100 * served) / offered).toFixed(1)} % of ${offered}`;
  const none = best.get(scenarios[0]);
  const times = [p50, p95, p95 / none.p95, p99, p99 / none.p99].map((time) => time.toFixed(1));
  const cells = [title, share, ...times, backlogRate.toFixed(0), `${cpu.toFixed(1)} s`];
  console.log(`| ${cells.join(' | ')} |`);
  if (repeats > 0) console.log(`${repeats} came more than once.`);
}
process.send?.([...best].map(([{ title }, result]) => ({ title, ...result })));
