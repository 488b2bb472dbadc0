import type { Clock } from '../../platform/clock.js';
import type { Session } from './session.js';
import { SqliteBusyError } from './sqlite-busy.error.js';
import { SqliteFailureError } from './sqlite-failure.error.js';
import { isBusy, isNested } from './sqlite.failures.js';

interface Job {
  readonly run: () => void;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

const WAITS = [1, 2, 5, 10, 20, 50];

/**
 * The store's own transactions on its connection. Each is over before control goes back to the event
 * loop; what is asked for in one turn of it shares one commit. While somebody else has a transaction
 * open it waits, with a timer: blocking would keep the application from ending that transaction.
 */
export class SqliteConnection {
  private jobs: Job[] = [];
  private flushing: Promise<void> | null = null;

  constructor(
    private readonly session: Session,
    private readonly clock: Clock,
    private readonly busyTimeout: number,
  ) {}

  /** Runs `work` in a transaction; resolves when it is committed. */
  write<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T;
      const run = (): void => {
        result = work();
      };
      this.jobs.push({ run, done: () => resolve(result), fail: reject });
      this.flushing ??= this.flush();
    });
  }

  /** Runs `work`, which changes nothing, on one state of the database. */
  read<T>(work: () => T): Promise<T> {
    return this.patiently(() => {
      this.session.exec('BEGIN');
      try {
        return work();
      } finally {
        // Unlike a commit it cannot be refused, so that nothing stays open.
        this.session.exec('ROLLBACK');
      }
    });
  }

  /** Runs `work` while no transaction is open on the connection. */
  outside(work: () => void): Promise<void> {
    return this.patiently(() => {
      this.session.exec('BEGIN; COMMIT');
      work();
    });
  }

  /** Resolves when nothing is under way. */
  async drain(): Promise<void> {
    await this.flushing;
  }

  private async flush(): Promise<void> {
    while (this.jobs.length > 0) {
      // Lets what else is asked for in this turn of the event loop share the commit.
      await new Promise((resolve) => setImmediate(resolve));
      const undone = await this.transact(() => this.jobs.splice(0));
      for (const job of undone) await this.transact(() => [job]);
    }
    this.flushing = null;
  }

  /**
   * Runs jobs in one transaction.
   * @returns those to run one by one, since one of them has failed and took the others along
   */
  private async transact(take: () => readonly Job[]): Promise<readonly Job[]> {
    try {
      return await this.patiently(() => {
        this.session.exec('BEGIN IMMEDIATE');
        return this.commit(take());
      });
    } catch (error) {
      for (const job of take()) job.fail(error);
      return [];
    }
  }

  private commit(jobs: readonly Job[]): readonly Job[] {
    try {
      for (const job of jobs) job.run();
      this.session.exec('COMMIT');
    } catch (error) {
      this.abandon();
      if (jobs.length > 1) return jobs;
      jobs[0]?.fail(error);
      return [];
    }
    for (const job of jobs) job.done();
    return [];
  }

  private abandon(): void {
    try {
      this.session.exec('ROLLBACK');
    } catch {
      // SQLite has ended the transaction by itself, as it does when the disk is full.
    }
  }

  /** Runs `work` as soon as no other transaction is in its way. */
  private async patiently<T>(work: () => T): Promise<T> {
    const start = this.clock.elapsed();
    for (let attempt = 0; ; attempt++) {
      try {
        return work();
      } catch (error) {
        const cause: unknown = error instanceof SqliteFailureError ? error.cause : null;
        const nested = isNested(cause);
        if (!nested && !isBusy(cause)) throw error;
        const waited = Math.round(this.clock.elapsed() - start);
        if (waited >= this.busyTimeout) throw new SqliteBusyError(waited, nested, { cause });
      }
      const wait = WAITS[Math.min(attempt, WAITS.length - 1)]!;
      await new Promise<void>((resolve) => this.clock.setTimer(resolve, wait));
    }
  }
}
