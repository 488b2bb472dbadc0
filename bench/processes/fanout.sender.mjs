// One event to many subscriptions.
import { startContestant } from '../contestants/index.mjs';
import { payloadOf } from '../support/event.mjs';
import { addresses } from '../support/pending.mjs';
import { Receivers } from '../support/receivers.mjs';
import { cpuOf, now } from '../support/statistics.mjs';

const { name, receivers: count, ...run } = JSON.parse(process.argv[2]);

process.on('disconnect', () => process.exit());
const receivers = await Receivers.start({ ports: 8 });
const urls = addresses(receivers.urls, count);
const contestant = await startContestant(name, { ...run, urls, fanOut: true });

receivers.begin({ timed: false });
gc();
const before = process.memoryUsage().rss;
const begun = performance.now();
let accepted;
const cpu = await cpuOf(async () => {
  const sending = contestant.send(0, payloadOf(0, now())).then(() => {
    accepted = performance.now() - begun;
  });
  await Promise.all([sending, receivers.all(count)]);
});
const elapsed = performance.now() - begun;
const highest = process.resourceUsage().maxRSS * 1_024;
await contestant.close();
process.send({
  accept: accepted,
  all: elapsed,
  cpu: cpu / count,
  growth: Math.max(0, highest - before) / 2 ** 20,
});
