import { flagOf, numberOf, Row, textOf, textOrNull } from '../codec/row.js';
import type { DeliveryStatus } from '../delivery.record.js';
import type { Settled, Settlement } from '../webhook.store.js';
import type { ConnectionPool } from './connection.pool.js';
import type { DeliveryCanceller } from './delivery.canceller.js';
import type { Tables } from './schema.tables.js';

/** Ends attempts, and what follows from it. */
export class AttemptSettler {
  constructor(
    private readonly tables: Tables,
    private readonly pool: ConnectionPool,
    private readonly canceller: DeliveryCanceller,
  ) {}

  async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    if (settlements.length === 0) return [];
    const given = JSON.stringify(settlements.map(givenOf));
    const rows = settlements.some(({ disable }) => disable !== null)
      ? await this.settleAndDisable(given)
      : await this.pool.query(calling(this.tables.settleAttempts), [given]);
    const byPosition = new Map(rows.map((row) => [numberOf(row, 'number'), row]));
    return settlements.map(({ deliveryId }, index) =>
      toSettled(deliveryId, byPosition.get(index + 1)),
    );
  }

  private settleAndDisable(given: string): Promise<readonly Row[]> {
    return this.pool.transaction(async (query) => {
      const rows = await query(calling(this.tables.settleAndDisable), [given]);
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
  return `SELECT * FROM ${settle}($1)`;
}

/** As `settleFunctions` take it. */
function givenOf({ deliveryId, attempt, result, next, disable }: Settlement): object {
  const isPending = next.status === 'pending';
  return {
    delivery_id: deliveryId,
    attempt,
    outcome: result.outcome,
    duration: Math.round(result.duration),
    status: result.status,
    answer: storable(result.answer),
    error: storable(result.error),
    next: next.status,
    due_in: isPending ? Math.round(next.dueIn) : null,
    reason: isPending ? null : storable(next.reason),
    disable,
  };
}

/** PostgreSQL refuses some characters, which a receiver may well answer. */
function storable(text: string | null): string | null {
  return text === null ? null : text.toWellFormed().replaceAll('\0', '\uFFFD');
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
