import { numberOf, Row, textOf, textOrNull } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import type { EventRecord } from '../event.record.js';
import type { Acceptance, AcceptTarget } from '../webhook.store.js';
import { acceptStatements } from './accept.statements.js';
import type { Tables } from './schema.tables.js';
import type { Query } from './sql.query.js';
import { wantsOf } from './subscription.wants.js';

type PatternTarget = Extract<AcceptTarget, { readonly patterns: readonly string[] }>;

/** An event, and which subscriptions are to get it. */
export interface Offer {
  readonly event: EventRecord;
  readonly target: AcceptTarget;
}

/** Takes events in, on whichever connection it is given. */
export class EventAcceptor {
  private readonly statements: ReturnType<typeof acceptStatements>;

  constructor(
    tables: Tables,
    private readonly subscriptions: SubscriptionCodec,
  ) {
    this.statements = acceptStatements(tables);
  }

  /** @param notify whether the commit of the statement at hand wakes the other processes */
  async accept(
    query: Query,
    event: EventRecord,
    target: AcceptTarget,
    notify: () => boolean,
  ): Promise<Acceptance> {
    for (;;) {
      const [inserted] = await this.insert(query, [{ event, target }], notify);
      const row = await inserted!;
      if (textOrNull(row, 'event_id') !== null) {
        return toAcceptance(row, true, event.idempotency?.fingerprint ?? null);
      }
      const { tenant, idempotency } = event;
      const [holder] = await query(this.statements.holderOfKey, [tenant, idempotency?.key ?? null]);
      if (holder !== undefined) return toAcceptance(holder, false, textOf(holder, 'fingerprint'));
      // Between the two statements the holder was purged or rolled back: the key is free.
    }
  }

  /**
   * Takes in events without idempotency keys together.
   * @returns an acceptance for each
   */
  async acceptMany(
    query: Query,
    offers: readonly Offer[],
    notify: () => boolean,
  ): Promise<readonly Promise<Acceptance>[]> {
    const rows = await this.insert(query, offers, notify);
    return rows.map(async (row) => toAcceptance(await row, true, null));
  }

  /**
   * One statement, and a second one for those with subscriptions that have to be judged.
   * @returns the row of each event
   */
  private async insert(
    query: Query,
    offers: readonly Offer[],
    notify: () => boolean,
  ): Promise<readonly Promise<Row>[]> {
    const rows = await this.call(query, offers.map(offerOf), notify);
    const judged = await Promise.allSettled(
      offers.map(async (offer, index) => this.judge(offer, rows[index]!)),
    );
    const again = judged.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    const second = again.length === 0 ? null : this.call(query, again, notify);
    return judged.map(async (one, index) => {
      if (one.status === 'rejected') throw one.reason;
      if (one.value === null) return first(rows[index]!);
      return first((await second)![again.indexOf(one.value)]!);
    });
  }

  /** @returns the rows of each offer */
  private async call(
    query: Query,
    offers: readonly object[],
    notify: () => boolean,
  ): Promise<readonly (readonly Row[])[]> {
    const rowsOf = offers.map((): Row[] => []);
    const rows = await query(this.statements.offered, [JSON.stringify(offers), notify()]);
    for (const row of rows) rowsOf[numberOf(row, 'number') - 1]!.push(row);
    return rowsOf;
  }

  /** @returns what to offer instead when the rows show subscriptions to be judged; else null */
  private judge(offer: Offer, rows: readonly Row[]): object | null {
    const candidates = rows.flatMap(candidateIn);
    const { target } = offer;
    if (candidates.length === 0 || !('patterns' in target)) return null;
    const admitted = candidates.filter((row) => this.admits(row, target));
    return { ...offerOf(offer), admitted: admitted.map((row) => textOf(row, 'id')) };
  }

  private admits(row: Row, target: PatternTarget): boolean {
    let subscription;
    try {
      subscription = this.subscriptions.decode(row);
    } catch (error) {
      // Its delivery will end with this as the reason, instead of never having been.
      if (error instanceof UnreadableRecordError) return true;
      throw error;
    }
    return target.admits(subscription);
  }
}

/** As `acceptFunction` takes it: the body as base64. */
function offerOf({ event, target }: Offer): object {
  return {
    id: event.id,
    type: event.type,
    tenant: event.tenant,
    method: event.method,
    body: event.body.toString('base64'),
    occurred_at: event.occurredAt,
    key: event.idempotency?.key,
    fingerprint: event.idempotency?.fingerprint,
    ordering_key: event.orderingKey,
    ...wantingOf(event.tenant, target),
  };
}

function wantingOf(tenant: string, target: AcceptTarget): object {
  if ('subscriptionId' in target) return { single: target.subscriptionId };
  return { wants: wantsOf(tenant, target.patterns), judge_all: target.judgeAll };
}

function candidateIn(row: Row): Row[] {
  const candidate = textOrNull(row, 'candidate');
  return candidate === null ? [] : [JSON.parse(candidate) as Row];
}

function first(rows: readonly Row[]): Row {
  return rows[0] ?? {};
}

function toAcceptance(row: Row, created: boolean, fingerprint: string | null): Acceptance {
  const ids = textOrNull(row, 'delivery_ids');
  const deliveryIds = ids === null ? [] : ids.split(',');
  return { eventId: textOf(row, 'event_id'), created, fingerprint, deliveryIds };
}
