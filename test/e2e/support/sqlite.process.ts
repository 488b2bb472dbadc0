import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../fixtures/sqlite.process.mjs');

/** What the process is told. */
export interface SqliteProcessOptions {
  readonly path: string;
  /** Module of the driver. */
  readonly driver: string;
  /** How many events are sent at once. */
  readonly sends: number;
}

/** An app on an SQLite file in a process of its own, which sends without end. */
export class SqliteProcess {
  /** The events that it said were accepted. */
  readonly accepted: string[] = [];

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (eventId: string) => this.accepted.push(eventId));
  }

  static start(options: SqliteProcessOptions): SqliteProcess {
    return new SqliteProcess(fork(script, [JSON.stringify(options)], { execArgv: [] }));
  }

  /** `kill -9` right after it has said that so many were accepted: it is at work on the next. */
  async killAfter(count: number): Promise<void> {
    // Ends after the last message, which the kernel still holds, has been read.
    const disconnected = once(this.child, 'disconnect');
    const exited = once(this.child, 'exit');
    while (this.accepted.length < count) {
      const [ended] = await Promise.race([
        once(this.child, 'message').then(() => [false]),
        exited.then(() => [true]),
      ]);
      if (ended) throw new Error('The process ended by itself');
    }
    this.child.kill('SIGKILL');
    await Promise.all([disconnected, exited]);
  }

  /** Ends it, if it has not ended. */
  end(): void {
    this.child.kill('SIGKILL');
  }
}
