import { flagOf, numberOf, Row, textOf, textOrNull } from '../codec/row.js';
import type { DeliveryStatus } from '../delivery.record.js';
import type { Settled, Settlement } from '../webhook.store.js';
import type { ConnectionPool } from './connection.pool.js';
import type { DeliveryCanceller } from './delivery.canceller.js';
import type { Tables } from './schema.tables.js';
import { textArray } from './sql.query.js';

/** Ends attempts, and what follows from it. */
export class AttemptSettler {
  constructor(
    private readonly tables: Tables,
    private readonly pool: ConnectionPool,
    private readonly canceller: DeliveryCanceller,
  ) {}

  async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    if (settlements.length === 0) return [];
    const params = paramsOf(settlements);
    const rows = settlements.some(({ disable }) => disable !== null)
      ? await this.settleAndDisable(params)
      : await this.pool.query(calling(this.tables.settleAttempts), params);
    const byPosition = new Map(rows.map((row) => [numberOf(row, 'number'), row]));
    return settlements.map(({ deliveryId }, index) =>
      toSettled(deliveryId, byPosition.get(index + 1)),
    );
  }

  private settleAndDisable(params: readonly unknown[]): Promise<readonly Row[]> {
    return this.pool.transaction(async (query) => {
      const rows = await query(calling(this.tables.settleAndDisable), params);
      const disabled = rows.filter((row) => flagOf(row, 'disables'));
      if (disabled.length > 0) {
        const ids = disabled.map((row) => textOf(row, 'subscription_id'));
        await this.canceller.end(query, ids, 'subscription disabled');
      }
      return rows;
    });
  }
}

function calling(settle: string): string {
  return `SELECT * FROM ${settle}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
}

function paramsOf(settlements: readonly Settlement[]): unknown[] {
  const list = <T>(read: (one: Settlement) => T): T[] => settlements.map(read);
  return [
    textArray(list(({ deliveryId }) => deliveryId)),
    list(({ attempt }) => attempt),
    list(({ result }) => result.outcome),
    list(({ result }) => Math.round(result.duration)),
    list(({ result }) => result.status),
    list(({ result }) => storable(result.answer)),
    list(({ result }) => storable(result.error)),
    list(({ next }) => next.status),
    list(({ next }) => (next.status === 'pending' ? Math.round(next.dueIn) : null)),
    list(({ next }) => (next.status === 'pending' ? null : storable(next.reason))),
    list(({ disable }) => disable),
  ];
}

/** PostgreSQL refuses this one character, which a receiver may well answer. */
function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '\uFFFD');
}

function toSettled(deliveryId: string, row: Row | undefined): Settled {
  if (row === undefined) {
    return { deliveryId, status: null, disabled: false, recovered: false, released: null };
  }
  return {
    deliveryId,
    status: textOf(row, 'status') as DeliveryStatus,
    disabled: flagOf(row, 'disables'),
    recovered: flagOf(row, 'recovered'),
    released: textOrNull(row, 'released'),
  };
}
