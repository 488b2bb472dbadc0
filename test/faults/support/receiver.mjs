import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * Answers requests by a script, one receiver per path, and keeps a ledger of them, to which entries are
 * only ever added.
 */
export class Receivers {
  ledger = [];
  secrets = new Map();
  behaviours = new Map();
  onArrival = () => {};

  static async start() {
    const receivers = new Receivers();
    receivers.server.listen(0, '127.0.0.1');
    await once(receivers.server, 'listening');
    return receivers;
  }

  constructor() {
    this.server = createServer((request, response) => void this.receive(request, response));
    // A connection that it ends while a request is on its way would be a fault of its own.
    this.server.keepAliveTimeout = 600_000;
  }

  urlOf(path) {
    return `http://127.0.0.1:${this.server.address().port}/${path}`;
  }

  /** @param behaviour gives a status, a promise of one, or `hang`, for the n-th request of a path */
  script(path, behaviour) {
    this.behaviours.set(path, behaviour);
  }

  async close() {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  async receive(request, response) {
    const arrivedAt = Date.now();
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // Broken off before it was whole: no receiver acts on that.
      return;
    }
    const entry = this.entryOf(request, Buffer.concat(chunks), arrivedAt);
    response.once('close', () => {
      entry.endedAt = Date.now();
      entry.answered = response.writableFinished ? response.statusCode : null;
    });
    this.ledger.push(entry);
    this.onArrival(entry);
    const number = this.ledger.filter(({ path }) => path === entry.path).length;
    const behaviour = (await this.behaviours.get(entry.path)?.(number, entry)) ?? 204;
    if (behaviour !== 'hang') response.writeHead(behaviour).end();
  }

  entryOf({ url, headers }, body, arrivedAt) {
    const path = url.slice(1);
    const eventId = headers['webhook-id'];
    const sentAt = Number(headers['webhook-timestamp']) * 1_000;
    const signed = `${eventId}.${headers['webhook-timestamp']}.${body}`;
    const signatures = headers['webhook-signature'].split(' ');
    const known = this.secrets.get(path) ?? [];
    const signedWith = known.filter((secret) => signatures.includes(sign(secret, signed)));
    return {
      path,
      eventId,
      agent: headers['user-agent'],
      marker: JSON.parse(body).id,
      hash: createHash('sha256').update(body).digest('hex'),
      signedWith,
      valid: signedWith.length > 0,
      skew: sentAt - arrivedAt,
      arrivedAt,
      endedAt: Infinity,
      answered: null,
    };
  }
}

function sign(secret, text) {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
}
