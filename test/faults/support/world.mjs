import { Receivers } from './receiver.mjs';
import { Sender } from './sender.mjs';
import { until } from './until.mjs';

// Receivers that only fail are left alone for seconds otherwise.
const breaker = { failures: 1_000_000 };
const OPTIONS = {
  timeout: 3_000,
  leaseMargin: 1_000,
  sweepInterval: 100,
  attemptLog: 'none',
  breaker,
};
// Deaths must not use up what a scenario has of tries.
const DELAYS = Array.from({ length: 30 }, () => 50);

/** What one scenario has: tables and receivers of its own, its processes, and what it knows of sends. */
export class World {
  /** Event ids by marker, the id of the payload. */
  accepted = new Map();
  /** Markers of sends that must never arrive. */
  refused = new Set();
  /** Markers of sends whose answer was lost. */
  inDoubt = new Set();
  /** Events whose record was taken away. */
  removed = new Set();
  /** Paths of receivers by the id of their subscription. */
  subscriptions = new Map();
  senders = [];
  /** By how much the clock of a process is wrong, by its name. */
  wrongBy = new Map();
  kills = 0;
  /** Milliseconds beyond what is promised: more on a busy machine, where a process takes long to start. */
  allowance = 2_000;
  delays = DELAYS;
  /** Where the queue of hints is that its processes share; null for an engine of each one's own. */
  queue = null;
  options = OPTIONS;

  static async open(database, random) {
    const world = new World(database, random);
    world.receivers = await Receivers.start();
    return world;
  }

  constructor(database, random) {
    this.database = database;
    this.random = random;
  }

  /** Takes care that no request runs out of time on a busy machine: where no process dies, none has to. */
  giveTime() {
    this.options = { ...this.options, timeout: 30_000 };
  }

  /** Milliseconds within which work has to be done when a fault has ended (I10). */
  get resumption() {
    const { timeout, leaseMargin, sweepInterval } = this.options;
    return timeout + leaseMargin + sweepInterval + this.allowance;
  }

  async start(name, settings = {}) {
    const { kill = null, wrongBy = 0, options = {}, database = {}, queue = this.queue } = settings;
    this.wrongBy.set(name, wrongBy);
    const began = Date.now();
    const sender = await Sender.start({
      database: { ...this.database.settings, ...database },
      queue,
      name,
      kill,
      wrongBy,
      delays: this.delays,
      options: { ...this.options, ...options },
    });
    this.senders.push(sender);
    this.allowance = Math.max(this.allowance, 2 * (Date.now() - began));
    return sender;
  }

  /** Several processes with the same settings. */
  async startAll(names, settings) {
    return Promise.all(names.map((name) => this.start(name, settings)));
  }

  async subscribe(sender, path, details = {}) {
    const url = this.receivers.urlOf(path);
    const subscription = { url, eventTypes: ['*'], ...details };
    const { id, secret } = await sender.ask('subscribe', { subscription });
    this.receivers.secrets.set(path, [secret]);
    this.subscriptions.set(id, path);
    return id;
  }

  /** Sends so many events; those whose sender dies before it answers are noted as in doubt. */
  async send(sender, count, prefix) {
    await Promise.all(markersOf(count, prefix).map((marker) => this.sendOne(sender, marker)));
  }

  async sendOne(sender, marker) {
    try {
      const { eventId } = await sender.ask('send', { marker });
      this.accepted.set(marker, eventId);
    } catch (error) {
      if (sender.isAlive) throw error;
      this.inDoubt.add(marker);
    }
  }

  /** Sends while the database fails: what it says it refused never arrives, and the rest is in doubt. */
  async trySend(sender, count, prefix) {
    await this.sendMarkers(sender, markersOf(count, prefix));
  }

  async sendMarkers(sender, markers) {
    await Promise.all(
      markers.map(async (marker) => {
        try {
          const { eventId } = await sender.ask('send', { marker, key: marker });
          this.accepted.set(marker, eventId);
        } catch (error) {
          if (sender.isAlive && error.code !== 'WEBHOOKS_POSTGRES') throw error;
          if (typeof error.sqlState === 'string') this.refused.add(marker);
          else this.inDoubt.add(marker);
        }
      }),
    );
  }

  /** Sends again, with its key, what is in doubt, until it is accepted. */
  async repeatDoubtful(sender) {
    await until('what is in doubt is accepted', async () => {
      const markers = [...this.inDoubt];
      this.inDoubt.clear();
      await this.sendMarkers(sender, markers);
      return this.inDoubt.size === 0;
    });
  }

  async kill(sender) {
    this.kills++;
    await sender.signal('SIGKILL');
  }

  /** Waits for a process that kills itself. */
  async died(sender) {
    sender.mayEnd = true;
    await until('the process dies where it was told', () => !sender.isAlive);
    if (sender.end.signal !== 'SIGKILL') throw new Error(`ended ${JSON.stringify(sender.end)}`);
    this.kills++;
  }

  /** Stops the server, and starts it again. */
  async restart(mode, whileAway = () => {}) {
    await this.database.cluster.stop(mode);
    whileAway();
    await this.database.cluster.start();
  }

  async rows(sql, values) {
    return this.database.rows(sql, values);
  }

  async allEnded(limit = this.resumption) {
    const pending = 'SELECT id FROM %.deliveries WHERE ended_at IS NULL LIMIT 1';
    await until('all deliveries end', async () => (await this.rows(pending)).length === 0, limit);
  }

  /** Waits until so many requests have arrived in all. */
  async arrived(count) {
    const { ledger } = this.receivers;
    await until(`${count} requests arrive`, () => ledger.length >= count);
  }

  /** Fails when the path got another number of requests than it has deliveries. */
  async expectNoRepeat(path) {
    const got = this.receivers.ledger.filter((entry) => entry.path === path);
    const wanted = this.accepted.size;
    if (got.length !== wanted) throw new Error(`I6 ${path}: ${got.length} requests, not ${wanted}`);
  }

  /** Puts a list in an order that the seed determines. */
  shuffled(list) {
    return list
      .map((item) => ({ item, key: this.random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  }

  async close() {
    for (const sender of this.senders) await sender.signal('SIGKILL');
    await this.receivers.close();
    await this.database.close();
  }
}

function markersOf(count, prefix) {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
}
