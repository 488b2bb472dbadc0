// The receivers as the sender sees them: a process of its own.
import { join } from 'node:path';
import { messageOf, start } from './processes.mjs';

const SCRIPT = join(import.meta.dirname, '../processes/receiver.mjs');
const SILENCE = 20_000;

export class Receivers {
  arrived = 0;
  #child;
  #heard = performance.now();
  #news = withResolvers();

  static async start(order) {
    const child = start(SCRIPT, order, { core: 1 });
    const receivers = new Receivers();
    receivers.#child = child;
    const { ports } = await messageOf(child);
    receivers.urls = ports.map((port) => `http://127.0.0.1:${port}/hooks`);
    child.on('message', (message) => receivers.#hear(message));
    setInterval(() => receivers.#listen(), 1_000).unref();
    return receivers;
  }

  /** Forgets what has arrived. With `timed` it is noted when each arrives, and how long after it was sent. */
  begin({ timed }) {
    this.#child.send({ command: 'begin', timed });
    this.#heard = performance.now();
    this.arrived = 0;
  }

  /** Resolves when more has arrived. Throws when nothing does. */
  more() {
    return this.#news.promise;
  }

  /** Waits until so much has arrived, and throws unless it was just that, once, and signed. */
  async all(count) {
    while (this.arrived < count) await this.more();
    this.#child.send({ command: 'report' });
    const { repeats, unproven, latencies, times } = await this.#report();
    if (this.arrived !== count || repeats > 0 || unproven > 0) {
      const wrong = `${this.arrived} of ${count}, ${repeats} repeats, ${unproven} badly signed`;
      throw new Error(`What arrived is not what was sent: ${wrong}.`);
    }
    return { latencies, times: new Map(times) };
  }

  async #report() {
    for (;;) {
      const { report } = await messageOf(this.#child);
      if (report) return report;
    }
  }

  #hear({ arrived }) {
    if (arrived === undefined) return;
    this.arrived = arrived;
    this.#heard = performance.now();
    this.#tell((news) => news.resolve());
  }

  #listen() {
    if (performance.now() - this.#heard < SILENCE) return;
    this.#tell((news) => news.reject(new Error(`Only ${this.arrived} arrived, and no more.`)));
  }

  #tell(settle) {
    const news = this.#news;
    this.#news = withResolvers();
    settle(news);
  }
}

function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  // Nobody may be waiting just then.
  made.promise.catch(() => {});
  return made;
}
