// What a claim costs with a backlog of so many.
import { HELD, HeldEngine } from '../support/held.engine.mjs';
import * as pending from '../support/pending.mjs';
import { startApp } from '../support/sending.app.mjs';
import { OPEN } from '../support/stores.mjs';
import { cpuOf, summary } from '../support/statistics.mjs';

const { name, subscriptions, sizes, claims: count, ...run } = JSON.parse(process.argv[2]);
const LIMIT = 64;

process.on('disconnect', () => process.exit());
const store = OPEN[name](run, { listen: false });
const { webhooks } = await startApp({ store, engine: new HeldEngine(), ...HELD });
const urls = pending.addresses(['http://127.0.0.1:8080/hooks'], subscriptions);
await pending.subscribeAll(webhooks, urls);

async function claimOnce() {
  const begun = performance.now();
  let claimed;
  const cpu = await cpuOf(async () => {
    claimed = await pending.claim(store, LIMIT, 1);
  });
  const time = (performance.now() - begun) * 1_000;
  if (claimed.claims.length < LIMIT) throw new Error('A claim took less than there was.');
  await pending.settle(store, claimed.claims, 'success', () => ({
    status: 'succeeded',
    reason: null,
  }));
  return { time, cpu };
}

const results = [];
let waiting = 0;
for (const size of sizes) {
  await pending.accept(webhooks, Math.ceil((size - waiting) / subscriptions));
  for (let warmUp = 0; warmUp < count / 4; warmUp++) await claimOnce();
  const claims = [];
  for (let number = 0; number < count; number++) claims.push(await claimOnce());
  results.push({
    size,
    time: summary(claims.map(({ time }) => time)),
    cpu: summary(claims.map(({ cpu }) => cpu)),
  });
  waiting = size - Math.ceil(count / 4 + count) * LIMIT;
}
process.send(results);
