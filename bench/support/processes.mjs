// Processes of their own, each on a processor core of its own where there is more than one.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

const PINS = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/**
 * Starts a script.
 * @param order its arguments; anything but a list becomes a single one, as JSON
 * @param options `core` that it runs on, any when left out, and `flags` of Node
 */
export function start(script, order, { core, flags = [] }) {
  const node = [process.execPath, ...flags];
  const pinned = PINS && core !== undefined;
  const [execPath, ...execArgv] = pinned ? ['taskset', '-c', String(core), ...node] : node;
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'];
  const args = Array.isArray(order) ? order : [JSON.stringify(order)];
  return fork(script, args, { execPath, execArgv, stdio });
}

/** The next message of a process. Throws when it ends without one. */
export async function messageOf(child) {
  const ended = new AbortController();
  const exit = once(child, 'exit', ended).then(([code, signal]) => {
    throw new Error(`A process of the benchmark ended without a result: ${signal ?? code}.`);
  });
  exit.catch(() => {});
  try {
    const [message] = await Promise.race([once(child, 'message'), exit]);
    return message;
  } finally {
    ended.abort();
  }
}

/** Runs a script up to its only message, then ends it. */
export async function run(script, order, options) {
  const child = start(script, order, options);
  const exited = once(child, 'exit');
  try {
    return await messageOf(child);
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}
