// Makes things fail while events are sent, and checks that none is lost:
//   npm run test:faults -- [--seeds 1,2] [--only postgres-restart,sqlite] [--kills 8] [--events 160] [--jobs 3]
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import { SCENARIOS } from './scenarios/index.mjs';
import { Cluster } from './support/cluster.mjs';
import { violationsOf } from './support/invariants.mjs';
import { PostgresDatabase } from './support/postgres.database.mjs';
import { Report } from './support/report.mjs';
import { seededRandom } from './support/seeded.random.mjs';
import { SqliteDatabase } from './support/sqlite.database.mjs';
import { World } from './support/world.mjs';

// The stores of this process only make tables, and look on while their server goes away.
Logger.overrideLogger(false);

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    /** Beginnings of names, with commas; all without it. */
    only: { type: 'string', default: '' },
    kills: { type: 'string', default: '8' },
    events: { type: 'string', default: '160' },
    /** How many scenarios run at once. */
    jobs: { type: 'string', default: '3' },
  },
});
const size = { kills: Number(flags.kills), events: Number(flags.events) };
const report = new Report(size);

async function runOne(name, seed, database) {
  const started = Date.now();
  const world = await World.open(database, seededRandom(seed));
  const found = { lost: [], unexplained: [], broken: [] };
  const failures = [];
  try {
    await SCENARIOS[name].run(world, size);
  } catch (error) {
    failures.push(error.message);
  }
  try {
    Object.assign(found, await violationsOf(world));
  } catch (error) {
    failures.push(error.message);
  }
  await world.close();
  report.add({ name, seed, world, found, failures, took: Date.now() - started });
}

async function withDatabase(shared, on, work) {
  if (on === 'file') {
    await work(await SqliteDatabase.open());
    return;
  }
  const cluster = on === 'own server' ? await Cluster.create() : shared;
  try {
    await work(await PostgresDatabase.open(cluster));
  } finally {
    if (cluster !== shared) await cluster.remove();
  }
}

async function openCluster() {
  try {
    return await Cluster.create();
  } catch (error) {
    if (process.env.WEBHOOKS_TESTS_REQUIRE_ALL !== undefined) throw error;
    console.log(`Skipped: ${error.message}`);
    return null;
  }
}

/** Whether this machine has the program that a scenario needs. */
async function isThere(program) {
  try {
    await promisify(execFile)(program, ['--version']);
    return true;
  } catch (error) {
    if (process.env.WEBHOOKS_TESTS_REQUIRE_ALL !== undefined) throw error;
    console.log(`Skipped: what needs ${program}, for there is none`);
    return false;
  }
}

const wanted = flags.only.split(',');
const chosen = Object.keys(SCENARIOS).filter((name) =>
  wanted.some((part) => name.startsWith(part)),
);
const needed = new Set(chosen.flatMap((name) => SCENARIOS[name].needs ?? []));
const missing = new Set();
for (const program of needed) if (!(await isThere(program))) missing.add(program);
const names = chosen.filter((name) => !missing.has(SCENARIOS[name].needs));
const seeds = flags.seeds.split(',').map(Number);
const queue = seeds.flatMap((seed) => names.map((name) => ({ name, seed })));
const cluster = await openCluster();

async function runQueued() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { name, seed } = next;
    const { on } = SCENARIOS[name];
    if (cluster === null && on !== 'file') continue;
    await withDatabase(cluster, on, (database) => runOne(name, seed, database));
  }
}

try {
  await Promise.all(Array.from({ length: Number(flags.jobs) }, runQueued));
} finally {
  await cluster?.remove();
}
report.print(names);
if (!report.isGood) process.exitCode = 1;
