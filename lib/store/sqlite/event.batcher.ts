import type { Clock } from '../../platform/clock.js';
import type { EventRecord } from '../event.record.js';
import type { Acceptance, AcceptTarget } from '../webhook.store.js';
import type { AcceptStatements, Offer } from './accept.statements.js';
import { SqliteBusyError } from './sqlite-busy.error.js';
import type { SqliteConnection } from './sqlite.connection.js';

/** Events that are accepted together. */
interface Batch {
  readonly offers: Offer[];
  readonly accepted: Promise<readonly Acceptance[]>;
}

/**
 * Accepts what comes before a transaction begins in a few statements for all. One with an idempotency key
 * goes alone, since another of them may have the same.
 */
export class EventBatcher {
  private batch: Batch | null = null;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly acceptor: AcceptStatements,
    private readonly clock: Clock,
  ) {}

  async accept(event: EventRecord, target: AcceptTarget): Promise<Acceptance> {
    if (event.idempotency !== null) return this.acceptAlone(event, target);
    const batch = (this.batch ??= this.begin());
    const index = batch.offers.push({ event, target }) - 1;
    try {
      return (await batch.accepted)[index]!;
    } catch (error) {
      // Another one of them may be what could not be accepted.
      if (batch.offers.length === 1 || error instanceof SqliteBusyError) throw error;
      return this.acceptAlone(event, target);
    }
  }

  private begin(): Batch {
    const offers: Offer[] = [];
    const accepted = this.connection
      .write(() => {
        this.batch = null;
        return this.acceptor.acceptNew(offers, this.clock.now());
      })
      .finally(() => {
        // No transaction could begin for it.
        if (this.batch?.offers === offers) this.batch = null;
      });
    return { offers, accepted };
  }

  private acceptAlone(event: EventRecord, target: AcceptTarget): Promise<Acceptance> {
    return this.connection.write(() => this.acceptor.accept(event, target, this.clock.now()));
  }
}
