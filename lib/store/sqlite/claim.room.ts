import { roomOfIdle } from '../subscription.room.js';
import type { ClaimRequest } from '../webhook.store.js';

interface Limits {
  readonly subscriptionId: string;
  readonly concurrency: number | null;
  readonly rateLimit: number | null;
}

/** How many more claims of each subscription one call may take. */
export class ClaimRoom {
  private readonly taken = new Map<string, number>();

  constructor(private readonly request: Pick<ClaimRequest, 'room' | 'perSubscription'>) {}

  left(limits: Limits): number {
    const { room, perSubscription } = this.request;
    const { subscriptionId } = limits;
    const whole = room.get(subscriptionId) ?? roomOfIdle(limits, perSubscription);
    return whole - (this.taken.get(subscriptionId) ?? 0);
  }

  take(subscriptionId: string): void {
    this.taken.set(subscriptionId, (this.taken.get(subscriptionId) ?? 0) + 1);
  }
}
