// Kills processes while events are sent, and checks that none is lost:
//   npm run test:faults -- [--seeds 1,2] [--kills 8] [--events 160] [--only killedAtRandom]
import { parseArgs } from 'node:util';
import { SCENARIOS } from './scenarios/index.mjs';
import { Cluster } from './support/cluster.mjs';
import { violationsOf } from './support/invariants.mjs';
import { seededRandom } from './support/seeded.random.mjs';
import { World } from './support/world.mjs';

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    kills: { type: 'string', default: '8' },
    events: { type: 'string', default: '160' },
    only: { type: 'string' },
  },
});
const size = { kills: Number(flags.kills), events: Number(flags.events) };
const total = { runs: 0, kills: 0, events: 0, lost: 0, unexplained: 0, failed: 0 };

async function runOne(cluster, run, seed) {
  const started = Date.now();
  const world = await World.open(cluster, seededRandom(seed));
  const problems = [];
  try {
    await run(world, size);
  } catch (error) {
    problems.push(error.message);
  }
  try {
    const found = await violationsOf(world);
    problems.push(...found.lost, ...found.unexplained, ...found.broken);
    total.lost += found.lost.length;
    total.unexplained += found.unexplained.length;
  } finally {
    await world.close();
  }
  total.runs++;
  total.kills += world.kills;
  total.events += world.accepted.size;
  const { length } = problems;
  if (length > 0) total.failed++;
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  console.log(`${length === 0 ? 'ok  ' : 'FAIL'} ${run.name}, seed ${seed}, ${seconds} s`);
  for (const problem of problems.slice(0, 20)) console.log(`     ${problem}`);
}

async function openCluster() {
  try {
    return await Cluster.start();
  } catch (error) {
    if (process.env.WEBHOOKS_TESTS_REQUIRE_ALL !== undefined) throw error;
    console.log(`Skipped: ${error.message}`);
    return null;
  }
}

const cluster = await openCluster();
if (cluster !== null) {
  const chosen = SCENARIOS.filter(({ name }) => flags.only === undefined || name === flags.only);
  try {
    for (const seed of flags.seeds.split(',').map(Number)) {
      for (const scenario of chosen) await runOne(cluster, scenario, seed);
    }
  } finally {
    await cluster.remove();
  }
  const { runs, kills, events, lost, unexplained, failed } = total;
  console.log(
    `${runs} runs, ${kills} kills, ${events} events, ${lost} lost, ` +
      `${unexplained} duplicated without cause, ${failed} failed`,
  );
  if (failed > 0 || runs === 0) process.exitCode = 1;
}
