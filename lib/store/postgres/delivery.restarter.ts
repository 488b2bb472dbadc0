import type { Backfilled, BackfillRequest } from '../backfill.request.js';
import { decodeEvent } from '../codec/event.codec.js';
import { flagOf, numberOrNull, Row, textOf } from '../codec/row.js';
import { matchesPattern } from '../pattern.js';
import type { RestartAnswer } from '../webhook.store.js';
import type { ConnectionPool } from './connection.pool.js';
import { RestartStatements, restartStatements } from './restart.statements.js';
import type { Tables } from './schema.tables.js';
import { Query, textArray } from './sql.query.js';

const NOTHING: Backfilled = { deliveryIds: [], next: null };

/** Makes deliveries pending that have ended, and new ones for events of the past. */
export class DeliveryRestarter {
  private readonly statements: RestartStatements;

  constructor(
    tables: Tables,
    private readonly pool: ConnectionPool,
  ) {
    this.statements = restartStatements(tables);
  }

  async restart(tenant: string, id: string): Promise<RestartAnswer> {
    const { find, keepSubscription, keepEvents, restart } = this.statements;
    return this.pool.transaction(async (query) => {
      const [delivery] = await query(find, [id, tenant]);
      if (delivery === undefined) return 'not-found';
      const [subscription] = await query(keepSubscription, [delivery['subscription_id'], tenant]);
      const kept = await query(keepEvents, [textArray([textOf(delivery, 'event_id')])]);
      const enabled = subscription?.['state'] === 'enabled';
      const ids = enabled && kept.length > 0 ? [id] : [];
      const [restarted] = await query(restart, [textArray(ids), false, []]);
      if (restarted !== undefined) return 'restarted';
      const [now] = await query(find, [id, tenant]);
      if (now === undefined) return 'not-found';
      if (flagOf(now, 'in_flight')) return 'in-flight';
      return kept.length === 0 ? 'expunged' : 'disabled';
    });
  }

  async recover(tenant: string, request: BackfillRequest): Promise<Backfilled> {
    const params = [request.after, request.since, request.until, request.limit];
    return this.backfill(tenant, request, this.statements.lost, params);
  }

  async replay(tenant: string, request: BackfillRequest): Promise<Backfilled> {
    const params = [...eventCursor(request), request.until, request.limit, tenant];
    return this.backfill(tenant, request, this.statements.past, params);
  }

  /** Goes through a page of rows: what they have to say is whose event it is, and which delivery. */
  private async backfill(
    tenant: string,
    { subscriptionId, patterns, admits, limit }: BackfillRequest,
    page: string,
    params: readonly unknown[],
  ): Promise<Backfilled> {
    return this.pool.transaction(async (query) => {
      const { keepSubscription, keepEvents, restart, add } = this.statements;
      const [subscription] = await query(keepSubscription, [subscriptionId, tenant]);
      if (subscription?.['state'] !== 'enabled') return NOTHING;
      const rows = await query(page, [subscriptionId, ...params]);
      const wanted = rows.filter((row) => matchesPattern(textOf(row, 'type'), patterns));
      const events = wanted.map((row) => textOf(row, 'event_id'));
      const kept = new Set(idsOf(await query(keepEvents, [textArray(events)])));
      const usable = wanted.filter((row) => kept.has(textOf(row, 'event_id')));
      const ended = usable.filter((row) => row['delivery_id'] !== null);
      const missing = usable.filter((row) => row['delivery_id'] === null);
      const had = textArray(ended.map((row) => textOf(row, 'delivery_id')));
      const lacked = missing.map((row) => textOf(row, 'event_id'));
      const admitted = lacked.length > 0 ? await this.admitted(query, lacked, admits) : new Set();
      const added = missing.filter((row) => admitted.has(row['event_id']));
      const addedTo = textArray(added.map((row) => textOf(row, 'event_id')));
      const deliveryIds = [
        ...idsOf(await query(restart, [had, true, ordinalsOf(ended)])),
        ...idsOf(await query(add, [addedTo, subscriptionId, ordinalsOf(added)])),
      ];
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return { deliveryIds, next: last === undefined ? null : textOf(last, 'cursor') };
    });
  }

  private async admitted(
    query: Query,
    ids: readonly string[],
    admits: BackfillRequest['admits'],
  ): Promise<ReadonlySet<unknown>> {
    const rows = await query(this.statements.events, [textArray(ids)]);
    const events = rows.map(decodeEvent).filter(admits);
    return new Set(events.map(({ id }) => id));
  }
}

function idsOf(rows: readonly Row[]): string[] {
  return rows.map((row) => textOf(row, 'id'));
}

function ordinalsOf(rows: readonly Row[]): (number | null)[] {
  return rows.map((row) => numberOrNull(row, 'ordinal'));
}

/** The event after which to go on: its time and id, as the statement's cursor has them. */
function eventCursor({ after, since }: BackfillRequest): [number, string] {
  if (after === null) return [since, ''];
  const cut = after.indexOf(':');
  return [Number(after.slice(0, cut)), after.slice(cut + 1)];
}
