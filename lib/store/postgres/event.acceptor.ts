import { numberOf, Row, textOf, textOrNull } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import type { EventRecord } from '../event.record.js';
import type { Acceptance, AcceptTarget } from '../webhook.store.js';
import { acceptStatements } from './accept.statements.js';
import type { Tables } from './schema.tables.js';
import { Query, textArray } from './sql.query.js';
import { wantsOf } from './subscription.wants.js';

type PatternTarget = Extract<AcceptTarget, { readonly patterns: readonly string[] }>;

/** An event for the subscriptions that match it. */
export interface Offer {
  readonly event: EventRecord;
  readonly target: PatternTarget;
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
      const row = await this.insert(query, event, target, notify);
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
   * Takes in events without idempotency keys, in one statement as far as nothing is to be judged.
   * @returns an acceptance for each
   */
  async acceptMany(
    query: Query,
    offers: readonly Offer[],
    notify: () => boolean,
  ): Promise<readonly Promise<Acceptance>[]> {
    const rows = await this.offer(query, offers, notify);
    const rowsOf = offers.map((): Row[] => []);
    for (const row of rows) rowsOf[numberOf(row, 'number') - 1]!.push(row);
    return offers.map(async (offer, index) =>
      toAcceptance(await this.judge(query, offer, rowsOf[index]!, notify), true, null),
    );
  }

  private async insert(
    query: Query,
    event: EventRecord,
    target: AcceptTarget,
    notify: () => boolean,
  ): Promise<Row> {
    if (!('patterns' in target)) {
      const params = [...eventParams(event), target.subscriptionId, notify()];
      return first(await query(this.statements.single, params));
    }
    const offer = { event, target };
    return this.judge(query, offer, await this.offer(query, [offer], notify), notify);
  }

  private offer(
    query: Query,
    offers: readonly Offer[],
    notify: () => boolean,
  ): Promise<readonly Row[]> {
    return query(this.statements.offered, [JSON.stringify(offers.map(offerOf)), notify()]);
  }

  /** Where the rows show subscriptions to be judged the event is not yet accepted. */
  private async judge(
    query: Query,
    offer: Offer,
    rows: readonly Row[],
    notify: () => boolean,
  ): Promise<Row> {
    const candidates = rows.flatMap(candidateIn);
    if (candidates.length === 0) return first(rows);
    const { event, target } = offer;
    const admitted = candidates.filter((row) => this.admits(row, target));
    return first(
      await query(this.statements.judged, [
        ...eventParams(event),
        textArray(wantsOf(event.tenant, target.patterns)),
        target.judgeAll,
        notify(),
        textArray(admitted.map((row) => textOf(row, 'id'))),
      ]),
    );
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
    wants: wantsOf(event.tenant, target.patterns),
    judge_all: target.judgeAll,
  };
}

function candidateIn(row: Row): Row[] {
  const candidate = textOrNull(row, 'candidate');
  return candidate === null ? [] : [JSON.parse(candidate) as Row];
}

function eventParams(event: EventRecord): unknown[] {
  return [
    event.id,
    event.type,
    event.tenant,
    event.method,
    event.body.toString('base64'),
    event.occurredAt,
    event.idempotency?.key ?? null,
    event.idempotency?.fingerprint ?? null,
    event.orderingKey,
  ];
}

function first(rows: readonly Row[]): Row {
  return rows[0] ?? {};
}

function toAcceptance(row: Row, created: boolean, fingerprint: string | null): Acceptance {
  const ids = textOrNull(row, 'delivery_ids');
  const deliveryIds = ids === null ? [] : ids.split(',');
  return { eventId: textOf(row, 'event_id'), created, fingerprint, deliveryIds };
}
