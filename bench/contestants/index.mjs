/** Names of the files beside this one, in the order of the tables; the first is what others are compared with. */
const NAMES = [
  'undici',
  'node-http',
  'tutorial',
  'bullmq-redis',
  'bullmq-postgres',
  'memory-axios',
  'memory-direct',
  'sqlite',
  'postgres',
  'postgres-bullmq',
];

/** Those that can run here; it says which cannot. */
export async function contestantsFor(servers, only = NAMES) {
  const able = [];
  for (const name of NAMES.filter((each) => only.includes(each))) {
    const { title, needs = [], own = false } = await import(`./${name}.mjs`);
    const missing = needs.filter((need) => !(need in servers));
    if (missing.length === 0) able.push({ name, title, own });
    else console.error(`Skipped: ${name}, for there is no ${missing.join(' and no ')} here.`);
  }
  return able;
}

export async function startContestant(name, run) {
  const contestant = await import(`./${name}.mjs`);
  const { send, close } = await contestant.start(run);
  return { send, close, callers: contestant.callers ?? run.inFlight };
}
