// How much later healthy receivers get their webhooks when others hang: `npm run bench:fairness`.
// Flags: --receivers 1000 --hanging 100 --rate 400 (events/s over all) --seconds 10 --backlog 100000
// --rounds 1 (the scenarios in turn; the best round of each counts, for machines that do other work too)
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    receivers: { type: 'string', default: '1000' },
    hanging: { type: 'string', default: '100' },
    rate: { type: 'string', default: '400' },
    seconds: { type: 'string', default: '10' },
    backlog: { type: 'string', default: '100000' },
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

async function measure(scenario) {
  const hangs = spread(scenario.hanging);
  const receiving = await start('receivers.mjs', { hangs });
  const sending = await start('sender.mjs', {
    backlogged: backlogged(scenario, hangs),
    backlog: scenario.backlog,
    hangs,
    ports: receiving.message,
    rate,
    seconds,
  });
  receiving.child.send('report');
  const [{ latencies, repeats, backlogRate }] = await once(receiving.child, 'message');
  await end(sending);
  await end(receiving);
  latencies.sort((a, b) => a - b);
  return {
    ...sending.message,
    served: latencies.length,
    repeats,
    backlogRate,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

const best = new Map();
for (let round = 0; round < rounds; round++) {
  for (const scenario of scenarios) {
    const result = await measure(scenario);
    console.error(`round ${round + 1}, ${scenario.title}: p99 ${result.p99.toFixed(1)} ms`);
    if (!(best.get(scenario)?.p99 <= result.p99)) best.set(scenario, result);
  }
}

console.log(`${receivers} receivers, ${rate} events/s, ${seconds} s each; times in ms\n`);
console.log('| scenario | healthy served | p50 | p99 | p99 ÷ first | backlog/s | sender CPU |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const [{ title }, result] of best) {
  const { offered, served, repeats, backlogRate, cpu, p50, p99 } = result;
  const share = `${((100 * served) / offered).toFixed(1)} % of ${offered}`;
  const ratio = (p99 / best.get(scenarios[0]).p99).toFixed(1);
  const times = [p50, p99].map((time) => time.toFixed(1));
  const cells = [title, share, ...times, ratio, backlogRate.toFixed(0), `${cpu.toFixed(1)} s`];
  console.log(`| ${cells.join(' | ')} |`);
  if (repeats > 0) console.log(`${repeats} came more than once.`);
}
process.send?.([...best].map(([{ title }, result]) => ({ title, ...result })));
