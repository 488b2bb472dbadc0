import { flagOf, textOf } from '../codec/row.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import type { AcceptTarget } from '../webhook.store.js';
import { jsonRows, Session } from './session.js';
import type { ReadSubscriptions, SubscriptionReader } from './subscription.reader.js';

type PatternTarget = Extract<AcceptTarget, { readonly patterns: readonly string[] }>;

/** A subscription that wants an event type. */
interface Wanting {
  readonly id: string;
  readonly filtered: boolean;
}

/** Finds the subscriptions that events of one transaction go to, reading what several need once. */
export class TargetFinder {
  private readonly wanting = new Map<string, readonly Wanting[]>();

  constructor(
    private readonly session: Session,
    private readonly subscriptions: SubscriptionReader,
  ) {}

  /** The ids of the subscriptions. */
  find(tenant: string, target: AcceptTarget): readonly string[] {
    if ('subscriptionId' in target) return this.enabled(tenant, target.subscriptionId);
    const wanting = this.wantingOf(tenant, target.patterns);
    const judged = wanting.filter(({ filtered }) => filtered || target.judgeAll);
    if (judged.length === 0) return wanting.map(({ id }) => id);
    const read = this.subscriptions.read(judged.map(({ id }) => id));
    return wanting.map(({ id }) => id).filter((id) => isAdmitted(id, target, read));
  }

  private enabled(tenant: string, id: string): readonly string[] {
    const found = this.session.get(
      `SELECT 1 FROM {subscriptions} WHERE id = ? AND tenant = ? AND state = 'enabled'`,
      id,
      tenant,
    );
    return found === null ? [] : [id];
  }

  private wantingOf(tenant: string, patterns: readonly string[]): readonly Wanting[] {
    const key = JSON.stringify([tenant, patterns]);
    let wanting = this.wanting.get(key);
    if (wanting === undefined) {
      wanting = this.read(tenant, patterns);
      this.wanting.set(key, wanting);
    }
    return wanting;
  }

  private read(tenant: string, patterns: readonly string[]): readonly Wanting[] {
    const rows = this.session.list(
      `SELECT ${jsonRows({ id: 'id', filtered: 'filtered' })} FROM (
         SELECT DISTINCT s.id, s.filter IS NOT NULL AS filtered
         FROM {patterns} p CROSS JOIN {subscriptions} s ON s.id = p.subscription_id
         WHERE p.tenant = ? AND p.pattern IN (SELECT value FROM json_each(?)) AND s.state = 'enabled')`,
      tenant,
      JSON.stringify(patterns),
    );
    return rows.map((row) => ({ id: textOf(row, 'id'), filtered: flagOf(row, 'filtered') }));
  }
}

function isAdmitted(id: string, target: PatternTarget, judged: ReadSubscriptions): boolean {
  const subscription = judged.get(id);
  // Not judged, or unreadable: then its delivery ends with this as the reason, instead of never having been.
  if (subscription === undefined || subscription instanceof UnreadableRecordError) return true;
  return target.admits(subscription);
}
