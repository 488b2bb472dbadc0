import type { Clock } from '../../platform/clock.js';
import type { EventRecord } from '../event.record.js';
import type { Acceptance, AcceptTarget } from '../webhook.store.js';
import type { AcceptStatements, Offer } from './accept.statements.js';
import type { Session } from './session.js';
import type { SqliteConnection } from './sqlite.connection.js';

/** Events that are accepted together. */
interface Batch {
  readonly offers: Offer[];
  /** Null when one of them could not be accepted, so that none was. */
  readonly accepted: Promise<readonly Acceptance[] | null>;
}

/**
 * Accepts what comes before a transaction begins in a few statements for all. One with an idempotency key
 * goes alone, since another of them may have the same.
 */
export class EventBatcher {
  private batch: Batch | null = null;

  constructor(
    private readonly session: Session,
    private readonly connection: SqliteConnection,
    private readonly acceptor: AcceptStatements,
    private readonly clock: Clock,
  ) {}

  async accept(event: EventRecord, target: AcceptTarget): Promise<Acceptance> {
    if (event.idempotency !== null) return this.acceptAlone(event, target);
    const { offers, accepted } = (this.batch ??= this.begin());
    const index = offers.push({ event, target }) - 1;
    return (await accepted)?.[index] ?? this.acceptAlone(event, target);
  }

  private begin(): Batch {
    const offers: Offer[] = [];
    const accepted = this.connection
      .write(() => this.acceptAll(offers))
      .finally(() => {
        // No transaction could begin for it.
        if (this.batch?.offers === offers) this.batch = null;
      });
    return { offers, accepted };
  }

  private acceptAll(offers: readonly Offer[]): readonly Acceptance[] | null {
    this.batch = null;
    try {
      const now = this.clock.now();
      return this.session.atomically(() => this.acceptor.acceptNew(offers, now));
    } catch {
      // Each by itself meets the same error, or is not what has caused it.
      return null;
    }
  }

  private acceptAlone(event: EventRecord, target: AcceptTarget): Promise<Acceptance> {
    return this.connection.write(() => this.acceptor.accept(event, target, this.clock.now()));
  }
}
