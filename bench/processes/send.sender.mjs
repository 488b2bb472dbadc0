// What it costs to accept an event; nothing is delivered.
import { Queue } from 'bullmq';
import { EVENT_TYPE, payloadOf } from '../support/event.mjs';
import { HELD, HeldEngine } from '../support/held.engine.mjs';
import { startApp, subscribe, VALIDATED_EVENT_TYPE } from '../support/sending.app.mjs';
import { OPEN } from '../support/stores.mjs';
import { cpuOf } from '../support/statistics.mjs';

const { name, validated, seconds, ...run } = JSON.parse(process.argv[2]);
const CALLERS = 64;

process.on('disconnect', () => process.exit());

async function startQueue() {
  const queue = new Queue(run.scratch.name, { connection: { url: run.servers.redis.url } });
  return (number, payload) => queue.add('delivery', { number, payload });
}

async function startSending() {
  const options = { engine: new HeldEngine(), ...HELD };
  const store = OPEN[name](run, { listen: false });
  const { webhooks } = await startApp({ ...options, store });
  await subscribe(webhooks, ['http://127.0.0.1:8080/'], () => 't');
  const eventType = validated ? VALIDATED_EVENT_TYPE : EVENT_TYPE;
  return (_, payload) => webhooks.send(eventType, payload, { tenant: 't' });
}

async function measure(send, callers) {
  const until = performance.now() + seconds * 1_000;
  let count = 0;
  const call = async () => {
    while (performance.now() < until) await send(count, payloadOf(count++, Date.now()));
  };
  const cpu = await cpuOf(() => Promise.all(Array.from({ length: callers }, call)));
  return { cpu: cpu / count, time: (seconds * 1e6) / count };
}

const send = await (name === 'bullmq-redis' ? startQueue() : startSending());
await measure(send, 1);
const alone = await measure(send, 1);
const together = await measure(send, CALLERS);
process.send({
  time: alone.time,
  cpu: alone.cpu,
  rate: 1e6 / together.time,
  cpuTogether: together.cpu,
});
