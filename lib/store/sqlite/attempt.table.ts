import type { AttemptResult } from '../attempt.record.js';
import { encodeResult } from '../codec/attempt.codec.js';
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

  end(attempts: readonly EndedAttempt[]): void {
    const rows = attempts.map(({ deliveryId, attempt, result }) => [
      deliveryId,
      attempt,
      ...encodeResult(result),
    ]);
    this.session.run(
      `UPDATE {attempts} AS a SET outcome = value ->> 2, duration = value ->> 3, status = value ->> 4,
         answer = value ->> 5, error = value ->> 6
       FROM json_each(?) WHERE a.delivery_id = value ->> 0 AND a.number = value ->> 1`,
      JSON.stringify(rows),
    );
  }
}
