/** Of a stream, in the order of the table. */
export const STREAM = [
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

/** Of a fan-out. */
export const FAN_OUT = ['promise-all', 'memory-axios', 'memory-direct', 'sqlite', 'postgres'];

/** In small runs: of each kind one. */
const QUICK = [
  'undici',
  'promise-all',
  'bullmq-redis',
  'memory-axios',
  'sqlite',
  'postgres-bullmq',
];

/** Those that can run here; it says which cannot. */
export async function contestantsFor({ servers, only, quick }, names) {
  const wanted = only ?? (quick ? QUICK : names);
  const able = [];
  for (const name of names.filter((each) => wanted.includes(each))) {
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
