// Many receivers in one process, each on a port of its own. Some never answer; the others note how long
// after its time each measured event arrived, and how many of the backlog did meanwhile.
import { once } from 'node:events';
import { createServer } from 'node:http';

const { hangs } = JSON.parse(process.argv[2]);
const latencies = new Map();
let repeats = 0;
let backlogged = 0;
/** When the first and the last measured event came, and how many of the backlog until then. */
let first;
let last;

function note(body) {
  const { dueAt, measured } = JSON.parse(body);
  if (dueAt === 0) backlogged++;
  if (!measured) return;
  const arrivedAt = performance.timeOrigin + performance.now();
  last = { at: arrivedAt, backlogged };
  first ??= last;
  const { number } = measured;
  if (latencies.has(number)) repeats++;
  else latencies.set(number, arrivedAt - dueAt);
}

const ports = [];
for (const hung of hangs) {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text) => (body += text));
    request.on('end', () => {
      if (hung) return;
      note(body);
      response.writeHead(204).end();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ports.push(server.address().port);
}

process.on('message', () => {
  const backlogRate = ((last.backlogged - first.backlogged) * 1_000) / (last.at - first.at);
  process.send({ latencies: [...latencies.values()], repeats, backlogRate });
});
process.send(ports);
