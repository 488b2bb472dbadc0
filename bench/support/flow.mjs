// How a contestant is given work.
import { setTimeout } from 'node:timers/promises';
import { payloadOf } from './event.mjs';
import { now } from './statistics.mjs';

/** Accepted and not yet arrived, at most: enough that no contestant waits for work. */
const ON_THEIR_WAY = 512;

/** Numbers of events, never the same twice in a run. */
let number = 0;

/** Sends as fast as it goes for some seconds. @returns how many events were sent */
export async function saturate({ send, callers }, receivers, seconds) {
  const until = performance.now() + seconds * 1_000;
  let sent = 0;
  const call = async () => {
    while (performance.now() < until) {
      while (sent - receivers.arrived >= ON_THEIR_WAY) await receivers.more();
      sent++;
      await send(number++, payloadOf(number, now()));
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return sent;
}

/** Sends at a steady rate, whatever becomes of what was sent before. @returns how many were sent */
export async function pace({ send, callers }, rate, seconds) {
  const start = performance.now();
  const calls = new Set();
  let sent = 0;
  while (sent < rate * seconds) {
    while (sent < Math.min(rate * seconds, ((performance.now() - start) / 1_000) * rate)) {
      sent++;
      const call = send(number++, payloadOf(number, now()));
      calls.add(call);
      void call.then(() => calls.delete(call));
      if (callers === 1) await call;
    }
    await setTimeout(1);
  }
  await Promise.all(calls);
  return sent;
}
