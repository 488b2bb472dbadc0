import type { DeliveryEntry } from './delivery.log.js';

interface Line {
  first: DeliveryEntry;
  last: DeliveryEntry;
}

/**
 * Pending deliveries with an ordering key, one behind the other: a line for each key of each
 * subscription. Only the first of a line is ever due.
 */
export class OrderingLines {
  private readonly subscriptions = new Map<string, Map<string, Line>>();

  /**
   * Puts a delivery at the end of its line, unless it stands there already.
   * @returns whether it is the first
   */
  join(entry: DeliveryEntry): boolean {
    const { subscriptionId, orderingKey } = entry.record;
    if (orderingKey === null) return true;
    let lines = this.subscriptions.get(subscriptionId);
    if (lines === undefined) this.subscriptions.set(subscriptionId, (lines = new Map()));
    const line = lines.get(orderingKey);
    if (line === undefined) {
      lines.set(orderingKey, { first: entry, last: entry });
    } else if (entry !== line.first && entry.before === null) {
      entry.before = line.last;
      line.last.behind = entry;
      line.last = entry;
    }
    return entry.before === null;
  }

  /**
   * Takes a delivery out of its line.
   * @returns the one that is the first because of it; null when there is none
   */
  leave(entry: DeliveryEntry): DeliveryEntry | null {
    const { subscriptionId, orderingKey } = entry.record;
    if (orderingKey === null) return null;
    const lines = this.subscriptions.get(subscriptionId)!;
    const line = lines.get(orderingKey)!;
    const { before, behind } = entry;
    entry.before = null;
    entry.behind = null;
    if (behind !== null) behind.before = before;
    else if (before !== null) line.last = before;
    if (before !== null) {
      before.behind = behind;
      return null;
    }
    if (behind !== null) {
      line.first = behind;
      return behind;
    }
    lines.delete(orderingKey);
    if (lines.size === 0) this.subscriptions.delete(subscriptionId);
    return null;
  }

  /** All of a subscription, the last of each line before those that it waits for. */
  of(subscriptionId: string): readonly DeliveryEntry[] {
    const found: DeliveryEntry[] = [];
    for (const { last } of this.subscriptions.get(subscriptionId)?.values() ?? []) {
      for (let entry: DeliveryEntry | null = last; entry !== null; entry = entry.before) {
        found.push(entry);
      }
    }
    return found;
  }
}
