import type { ClaimRequest } from '../webhook.store.js';
import { LATER_TRIES } from './queue.table.js';

/** How many more deliveries one call may claim: of each subscription, and of the later kind. */
export class ClaimRoom {
  private readonly taken = new Map<string, number>();
  private later = 0;

  constructor(private readonly request: ClaimRequest) {}

  get laterLeft(): number {
    return this.request.laterLimit - this.later;
  }

  left(subscriptionId: string): number {
    const { room, perSubscription } = this.request;
    const whole = room.get(subscriptionId) ?? perSubscription;
    return whole - (this.taken.get(subscriptionId) ?? 0);
  }

  /** Whether a kind has no place left, whatever the subscription. */
  isFull(queue: number): boolean {
    return queue === LATER_TRIES && this.laterLeft === 0;
  }

  take(subscriptionId: string, queue: number): void {
    this.count(subscriptionId, queue, 1);
  }

  giveBack(subscriptionId: string, queue: number): void {
    this.count(subscriptionId, queue, -1);
  }

  private count(subscriptionId: string, queue: number, by: number): void {
    this.taken.set(subscriptionId, (this.taken.get(subscriptionId) ?? 0) + by);
    if (queue === LATER_TRIES) this.later += by;
  }
}
