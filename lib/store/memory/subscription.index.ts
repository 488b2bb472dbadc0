import type { SubscriptionRecord } from '../subscription.record.js';

/** The subscriptions, by id and by the event types they want. */
export class SubscriptionIndex {
  private readonly byId = new Map<string, SubscriptionRecord>();
  private readonly tenants = new Map<string, Map<string, Set<string>>>();

  get(id: string): SubscriptionRecord | null {
    return this.byId.get(id) ?? null;
  }

  getOf(tenant: string, id: string): SubscriptionRecord | null {
    const record = this.get(id);
    return record?.tenant === tenant ? record : null;
  }

  put(record: SubscriptionRecord): void {
    const before = this.byId.get(record.id);
    if (before !== undefined && before.eventTypes !== record.eventTypes) this.unlink(before);
    if (before?.eventTypes !== record.eventTypes) {
      const patterns = this.patternsOf(record.tenant);
      for (const pattern of record.eventTypes) {
        const ids = patterns.get(pattern);
        if (ids === undefined) patterns.set(pattern, new Set([record.id]));
        else ids.add(record.id);
      }
    }
    this.byId.set(record.id, record);
  }

  delete(record: SubscriptionRecord): void {
    this.unlink(record);
    this.byId.delete(record.id);
  }

  /** Enabled subscriptions of a tenant with any of the patterns, each once. */
  matching(tenant: string, patterns: readonly string[]): readonly SubscriptionRecord[] {
    const byPattern = this.tenants.get(tenant);
    if (byPattern === undefined) return [];
    const found = new Set<SubscriptionRecord>();
    for (const pattern of patterns) {
      for (const id of byPattern.get(pattern) ?? []) {
        const record = this.byId.get(id)!;
        if (record.state === 'enabled') found.add(record);
      }
    }
    return [...found];
  }

  count(tenant: string): number {
    return this.list(tenant).length;
  }

  /** All of a tenant, newest first. */
  list(tenant: string): readonly SubscriptionRecord[] {
    return [...this.byId.values()].filter((record) => record.tenant === tenant).toReversed();
  }

  private patternsOf(tenant: string): Map<string, Set<string>> {
    let patterns = this.tenants.get(tenant);
    if (patterns === undefined) this.tenants.set(tenant, (patterns = new Map()));
    return patterns;
  }

  private unlink(record: SubscriptionRecord): void {
    const patterns = this.patternsOf(record.tenant);
    for (const pattern of record.eventTypes) {
      const ids = patterns.get(pattern);
      ids?.delete(record.id);
      if (ids?.size === 0) patterns.delete(pattern);
    }
    if (patterns.size === 0) this.tenants.delete(record.tenant);
  }
}
