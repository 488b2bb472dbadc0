import type { ClaimRequest } from '../webhook.store.js';

/** How many more claims of each subscription one call may take. */
export class ClaimRoom {
  private readonly taken = new Map<string, number>();

  constructor(private readonly request: Pick<ClaimRequest, 'room' | 'perSubscription'>) {}

  left(subscriptionId: string): number {
    const { room, perSubscription } = this.request;
    const whole = room.get(subscriptionId) ?? perSubscription;
    return whole - (this.taken.get(subscriptionId) ?? 0);
  }

  take(subscriptionId: string): void {
    this.taken.set(subscriptionId, (this.taken.get(subscriptionId) ?? 0) + 1);
  }
}
