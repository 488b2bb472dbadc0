import type { AttemptResult } from '../attempt.record.js';
import { encodeResult } from '../codec/attempt.codec.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { Session } from './session.js';

/** An attempt that has ended. */
export interface EndedAttempt {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly result: AttemptResult;
}

/** The attempts of deliveries. */
export class AttemptTable {
  constructor(private readonly session: Session) {}

  /** Begins the attempt that a delivery counts as its latest. */
  begin(deliveries: readonly DeliveryRecord[], now: number): void {
    this.session.run(
      `INSERT INTO {attempts} (delivery_id, number, started_at)
       SELECT value ->> 0, value ->> 1, ? FROM json_each(?)`,
      now,
      JSON.stringify(deliveries.map(({ id, attempts }) => [id, attempts])),
    );
  }

  /** Ends what a delivery that can never be made has begun, since nobody else will. */
  abandon(deliveryId: string, error: string | null): void {
    this.session.run(
      `UPDATE {attempts} SET outcome = 'unknown', duration = 0, error = ?
       WHERE delivery_id = ? AND outcome IS NULL`,
      error,
      deliveryId,
    );
  }

  end(attempts: readonly EndedAttempt[]): void {
    const rows = attempts.map(({ deliveryId, attempt, result }) => [
      deliveryId,
      attempt,
      ...encodeResult(result),
    ]);
    // They are there since they began. An update from a list could read the whole table instead, as
    // outdated statistics would have it.
    this.session.run(
      `INSERT INTO {attempts} (delivery_id, number, started_at, outcome, duration, status, answer, error)
       SELECT value ->> 0, value ->> 1, 0, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
       FROM json_each(?) WHERE true
       ON CONFLICT (delivery_id, number) DO UPDATE SET outcome = excluded.outcome,
         duration = excluded.duration, status = excluded.status, answer = excluded.answer,
         error = excluded.error`,
      JSON.stringify(rows),
    );
  }
}
