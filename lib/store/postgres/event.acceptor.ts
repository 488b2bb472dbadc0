import { Row, textOf, textOrNull } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import type { EventRecord } from '../event.record.js';
import type { Acceptance, AcceptTarget } from '../webhook.store.js';
import { acceptStatements } from './accept.statements.js';
import type { Tables } from './schema.tables.js';
import { Query, textArray } from './sql.query.js';

type PatternTarget = Extract<AcceptTarget, { readonly patterns: readonly string[] }>;

/** Takes events in, on whichever connection it is given. */
export class EventAcceptor {
  private readonly statements: ReturnType<typeof acceptStatements>;

  constructor(
    tables: Tables,
    private readonly subscriptions: SubscriptionCodec,
  ) {
    this.statements = acceptStatements(tables);
  }

  /** @param notify whether the commit wakes the other processes */
  async accept(
    query: Query,
    event: EventRecord,
    target: AcceptTarget,
    notify: boolean,
  ): Promise<Acceptance> {
    for (;;) {
      const row = await this.insert(query, [...eventParams(event), notify], target);
      if (textOrNull(row, 'event_id') !== null) {
        return toAcceptance(row, true, event.idempotency?.fingerprint ?? null);
      }
      const { tenant, idempotency } = event;
      const [holder] = await query(this.statements.holderOfKey, [tenant, idempotency?.key ?? null]);
      if (holder !== undefined) return toAcceptance(holder, false, textOf(holder, 'fingerprint'));
      // Between the two statements the holder was purged or rolled back: the key is free.
    }
  }

  private async insert(
    query: Query,
    params: readonly unknown[],
    target: AcceptTarget,
  ): Promise<Row> {
    if (!('patterns' in target)) {
      return first(await query(this.statements.single, [...params, target.subscriptionId]));
    }
    const matching = [...params, textArray(target.patterns), target.judgeAll];
    const rows = await query(this.statements.wanting, matching);
    const candidates = rows.filter((row) => row['id'] !== null);
    if (candidates.length === 0) return first(rows);
    const admitted = textArray(this.admitted(candidates, target));
    return first(await query(this.statements.judged, [...matching, admitted]));
  }

  private admitted(candidates: readonly Row[], target: PatternTarget): string[] {
    return candidates.filter((row) => this.admits(row, target)).map((row) => textOf(row, 'id'));
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
