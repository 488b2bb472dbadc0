import type { EventRecord } from '../event.record.js';
import type { Acceptance, AcceptTarget } from '../webhook.store.js';
import type { EventAcceptor, Offer } from './event.acceptor.js';
import type { Query } from './sql.query.js';

interface WaitingOffer extends Offer {
  readonly resolve: (acceptance: Promise<Acceptance>) => void;
  readonly reject: (error: unknown) => void;
}

const LARGEST = 64;
const MOST_BYTES = 2 ** 20;

/**
 * Takes events in that are in no transaction of the application: those of one turn of the event loop in
 * one statement, and what comes while that is being written in the next. One with an idempotency key goes
 * alone, since it may wait for a transaction that holds its key.
 */
export class EventBatcher {
  private readonly waiting: WaitingOffer[] = [];
  private running = false;

  constructor(
    private readonly acceptor: EventAcceptor,
    private readonly query: Query,
    private readonly notify: () => boolean,
  ) {}

  async accept(event: EventRecord, target: AcceptTarget): Promise<Acceptance> {
    if (event.idempotency !== null) {
      return this.acceptor.accept(this.query, event, target, this.notify);
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ event, target, resolve, reject });
      this.begin();
    });
  }

  /** Not at once: what else is sent in this turn of the event loop shares the statement. */
  private begin(): void {
    if (this.running) return;
    this.running = true;
    setImmediate(() => void this.run());
  }

  private async run(): Promise<void> {
    const batch = this.next();
    try {
      const acceptances = await this.acceptor.acceptMany(this.query, batch, this.notify);
      for (const [index, { resolve }] of batch.entries()) resolve(acceptances[index]!);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.running = false;
    if (this.waiting.length > 0) this.begin();
  }

  private next(): WaitingOffer[] {
    let bytes = 0;
    let size = 0;
    for (const { event } of this.waiting) {
      bytes += event.body.length;
      if (size === LARGEST || (size > 0 && bytes > MOST_BYTES)) break;
      size++;
    }
    return this.waiting.splice(0, size);
  }
}
