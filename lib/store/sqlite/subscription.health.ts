import { numberOrNull, textOf } from '../codec/row.js';
import { jsonRows, Session } from './session.js';

/** Whether a subscription is enabled, and since when it has had nothing but failures. */
export interface Health {
  readonly subscriptionId: string;
  enabled: boolean;
  failingSince: number | null;
}

/** What settlements read and note of subscriptions. */
export class SubscriptionHealth {
  constructor(private readonly session: Session) {}

  /** By the ids of the subscriptions, as far as these exist. */
  read(subscriptionIds: Iterable<string>): ReadonlyMap<string, Health> {
    const rows = this.session.list(
      `SELECT ${jsonRows({ id: 's.id', state: 's.state', failing_since: 's.failing_since' })}
       FROM json_each(?) CROSS JOIN {subscriptions} s ON s.id = value`,
      JSON.stringify([...new Set(subscriptionIds)]),
    );
    return new Map(
      rows.map((row) => {
        const subscriptionId = textOf(row, 'id');
        const enabled = textOf(row, 'state') === 'enabled';
        const failingSince = numberOrNull(row, 'failing_since');
        return [subscriptionId, { subscriptionId, enabled, failingSince }];
      }),
    );
  }

  /**
   * Notes the result of an attempt.
   * @returns whether a success has ended a run of failures
   */
  note(health: Health, success: boolean, now: number): boolean {
    const before = health.failingSince;
    const failingSince = success ? null : (before ?? now);
    if (failingSince === before) return false;
    health.failingSince = failingSince;
    this.session.run(
      'UPDATE {subscriptions} SET failing_since = ? WHERE id = ?',
      failingSince,
      health.subscriptionId,
    );
    return success;
  }
}
