// Many retries that wait, of which some become due while they are measured.
import { request } from 'undici';
import { payloadOf, signed } from '../support/event.mjs';
import { HELD, HeldEngine } from '../support/held.engine.mjs';
import * as pending from '../support/pending.mjs';
import { Receivers } from '../support/receivers.mjs';
import { startApp } from '../support/sending.app.mjs';
import { OPEN } from '../support/stores.mjs';
import { now, percentile } from '../support/statistics.mjs';

const { name, subscriptions, retries, measured, rate, warmUp, lead, ...run } = JSON.parse(
  process.argv[2],
);
const HOUR = 3_600_000;

process.on('disconnect', () => process.exit());
const receivers = await Receivers.start({ ports: 8 });

function heap() {
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

/** When each is due: most in an hour, the last ones soon and at a steady rate. */
function schedule() {
  let count = 0;
  let start = null;
  const next = () => {
    const late = ++count - (retries - measured);
    if (late <= 0) return now() + HOUR;
    start ??= now() + lead;
    return start + (late / rate) * 1_000;
  };
  const check = () => {
    if (now() > start) throw new Error('Retries were due before all was prepared.');
  };
  return { next, check };
}

/** A `setTimeout` for each, whose request is kept with it. */
async function byTimers() {
  const before = heap();
  const { next } = schedule();
  const dueAt = new Map();
  const timers = [];
  for (let number = 0; number < retries; number++) {
    const due = next();
    const url = `${receivers.urls[number % receivers.urls.length]}/${number}`;
    if (due < now() + HOUR / 2) dueAt.set(`evt_${number} ${new URL(url).pathname}`, due);
    const payload = payloadOf(number, due);
    const retry = async () => {
      const answer = await request(url, { method: 'POST', ...signed(number, payload) });
      await answer.body.dump();
    };
    timers.push(setTimeout(() => void retry(), due - now()));
  }
  return { dueAt, bytes: heap() - before, begin: () => {} };
}

async function byStore() {
  const engine = new HeldEngine();
  const store = OPEN[name](run, { listen: false });
  const { webhooks } = await startApp({ store, engine, transport: 'direct', ...HELD });
  const urls = pending.addresses(receivers.urls, subscriptions);
  const ids = await pending.subscribeAll(webhooks, urls);
  await pending.accept(webhooks, retries / subscriptions);
  const { next, check } = schedule();
  const before = heap();
  await pending.failAll(store, () => next() - now());
  const bytes = heap() - before;
  const dueAt = await pending.dueTimes(store, ids, now() + HOUR / 2);
  check();
  return { dueAt, bytes, begin: () => engine.release() };
}

const { dueAt, bytes, begin } = await (name === 'timers' ? byTimers() : byStore());
receivers.begin({ timed: true });
begin();
const { times } = await receivers.all(measured);
// The first ones open connections, and run code for the first time.
const warm = Math.min(...dueAt.values()) + warmUp;
const late = [...dueAt].filter(([, due]) => due >= warm).map(([key, due]) => times.get(key) - due);
if (late.some(Number.isNaN)) throw new Error('Something else than what was due has arrived.');
process.send({
  heap: bytes / 2 ** 20,
  mean: late.reduce((sum, each) => sum + each, 0) / late.length,
  p99: percentile(late, 0.99),
});
