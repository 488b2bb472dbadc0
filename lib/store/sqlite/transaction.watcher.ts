import type { Clock, ClockTimer } from '../../platform/clock.js';
import { isInTransaction, SqliteDatabase } from './sqlite.database.js';

const INTERVAL = 10;

/** Tells when transactions of the application have ended: SQLite itself tells nobody. */
export class TransactionWatcher {
  private readonly watched = new Set<SqliteDatabase>();
  private timer: ClockTimer | null = null;
  private ended: (() => void) | null = null;

  constructor(private readonly clock: Clock) {}

  /** @param ended called after a watched transaction has ended, in whatever way */
  start(ended: () => void): void {
    this.ended = ended;
  }

  stop(): void {
    this.ended = null;
    this.watched.clear();
    this.timer?.cancel();
    this.timer = null;
  }

  watch(database: SqliteDatabase): void {
    if (this.ended === null) return;
    this.watched.add(database);
    this.timer ??= this.clock.setTimer(() => this.look(), INTERVAL);
  }

  private look(): void {
    this.timer = null;
    const before = this.watched.size;
    for (const database of this.watched) {
      if (!isOpen(database)) this.watched.delete(database);
    }
    if (this.watched.size > 0) this.timer = this.clock.setTimer(() => this.look(), INTERVAL);
    if (this.watched.size < before) this.ended?.();
  }
}

function isOpen(database: SqliteDatabase): boolean {
  try {
    return isInTransaction(database);
  } catch {
    // The application has closed the connection.
    return false;
  }
}
