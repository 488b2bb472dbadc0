// One run of one contestant of the stream.
import { startContestant } from '../contestants/index.mjs';
import { pace, saturate } from '../support/flow.mjs';
import { Receivers } from '../support/receivers.mjs';
import { cpuOf, percentile } from '../support/statistics.mjs';

const { name, ports, warmUp, seconds, rate, ...run } = JSON.parse(process.argv[2]);

process.on('disconnect', () => process.exit());
const receivers = await Receivers.start({ ports });
const contestant = await startContestant(name, { ...run, urls: receivers.urls });

receivers.begin({ timed: false });
await receivers.all(await saturate(contestant, receivers, warmUp));

receivers.begin({ timed: false });
const begun = performance.now();
let count;
const cpu = await cpuOf(async () => {
  count = await saturate(contestant, receivers, seconds);
  await receivers.all(count);
});
const elapsed = (performance.now() - begun) / 1_000;
const { rss } = process.memoryUsage();

receivers.begin({ timed: true });
const { latencies } = await receivers.all(await pace(contestant, rate, seconds));
await contestant.close();

process.send({
  cpu: cpu / count,
  rate: count / elapsed,
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
  rss: rss / 2 ** 20,
});
