/**
 * Event types, or patterns of them, together with the tenant, so that one index finds a tenant's
 * subscriptions to an event type, however many it has and however many others want the same.
 */
export function wantsOf(tenant: string, eventTypes: readonly string[]): string[] {
  return eventTypes.map((eventType) => `${eventType} ${tenant}`);
}
