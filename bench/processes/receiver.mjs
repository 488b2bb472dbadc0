// Receivers on several ports of one process. They count what arrives, by `webhook-id` and address, and
// check that it is signed: each has a signature, and one in a hundred is verified.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { verify } from 'nestjs-webhooks/signing';
import { SECRET } from '../support/event.mjs';
import { now } from '../support/statistics.mjs';

const { ports: count } = JSON.parse(process.argv[2]);
const TELL_EVERY = 32;
const TELL_WITHIN = 2;

let arrivals;
let repeats;
let unproven;
let timed;
let latencies;
let timer = null;

function begin(order) {
  arrivals = new Map();
  latencies = [];
  repeats = 0;
  unproven = 0;
  timed = order.timed;
}

function tell() {
  clearTimeout(timer);
  timer = null;
  process.send({ arrived: arrivals.size });
}

function proven(headers, body) {
  if (arrivals.size % 100 > 0) return headers['webhook-signature']?.startsWith('v1,');
  try {
    verify({ headers, body, secret: SECRET });
    return true;
  } catch {
    return false;
  }
}

function note({ headers, url }, body) {
  const key = `${headers['webhook-id']} ${url}`;
  if (arrivals.has(key)) repeats++;
  else arrivals.set(key, timed ? now() : 0);
  if (!proven(headers, body)) unproven++;
  if (timed) latencies.push(now() - JSON.parse(body).sentAt);
  if (arrivals.size % TELL_EVERY === 0) tell();
  else timer ??= setTimeout(tell, TELL_WITHIN);
}

function receive(request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    note(request, Buffer.concat(chunks));
    response.writeHead(204).end();
  });
}

const ports = [];
for (let index = 0; index < count; index++) {
  const server = createServer(receive);
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ports.push(server.address().port);
}
const commands = {
  begin,
  report: () => {
    const times = timed ? [...arrivals] : [];
    process.send({ report: { repeats, unproven, latencies, times } });
  },
};
process.on('message', (order) => commands[order.command](order));
process.on('disconnect', () => process.exit());
process.send({ ports });
