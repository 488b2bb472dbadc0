import { randomBytes } from 'node:crypto';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import pg from 'pg';
import { Receivers } from './receiver.mjs';
import { Sender } from './sender.mjs';
import { until } from './until.mjs';

const OPTIONS = { timeout: 500, leaseMargin: 1_000, sweepInterval: 100, attemptLog: 'none' };
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
  subscriptions = new Map();
  senders = [];
  kills = 0;
  delays = DELAYS;

  static async open(cluster, random) {
    const world = new World(cluster, random);
    world.receivers = await Receivers.start();
    await new PostgresWebhookStore(world.admin, { schema: world.schema }).migrate();
    return world;
  }

  constructor(cluster, random) {
    this.cluster = cluster;
    this.random = random;
    this.schema = `faults_${randomBytes(6).toString('hex')}`;
    this.admin = new pg.Pool({ connectionString: cluster.url, max: 3 });
    this.admin.on('error', () => {});
  }

  async start(name, { kill = null, options = {} } = {}) {
    const sender = await Sender.start({
      url: this.cluster.url,
      schema: this.schema,
      name,
      kill,
      delays: this.delays,
      options: { ...OPTIONS, ...options },
    });
    this.senders.push(sender);
    return sender;
  }

  async subscribe(sender, path) {
    const url = this.receivers.urlOf(path);
    const subscription = { url, eventTypes: ['*'] };
    const { id, secret } = await sender.ask('subscribe', { subscription });
    this.receivers.secrets.set(path, [secret]);
    this.subscriptions.set(id, path);
  }

  /** Sends so many events; those whose sender dies before it answers are noted as in doubt. */
  async send(sender, count, prefix) {
    const markers = Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
    await Promise.all(markers.map((marker) => this.sendOne(sender, marker)));
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

  async kill(sender) {
    this.kills++;
    await sender.signal('SIGKILL');
  }

  /** Waits for a process that kills itself. */
  async died(sender) {
    await until('the process dies where it was told', () => !sender.isAlive);
    if (sender.end.signal !== 'SIGKILL') throw new Error(`ended ${JSON.stringify(sender.end)}`);
    this.kills++;
  }

  async rows(sql, values = []) {
    return (await this.admin.query(sql.replaceAll('%', this.schema), values)).rows;
  }

  async allEnded(limit = 30_000) {
    const pending = `SELECT FROM %.deliveries WHERE status = 'pending' LIMIT 1`;
    await until('all deliveries end', async () => (await this.rows(pending)).length === 0, limit);
  }

  async close() {
    for (const sender of this.senders) await sender.signal('SIGKILL');
    await this.receivers.close();
    await this.admin.query(`DROP SCHEMA IF EXISTS ${this.schema} CASCADE`).catch(() => {});
    await this.admin.end();
  }
}
