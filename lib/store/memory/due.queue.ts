import TinyQueue from 'tinyqueue';

interface DueItem {
  readonly deliveryId: string;
  readonly dueAt: number;
  readonly turn: number;
}

interface Head {
  readonly subscriptionId: string;
  readonly dueAt: number;
  readonly turn: number;
}

interface Lane {
  readonly items: TinyQueue<DueItem>;
  /** The one entry in `heads` that speaks for this lane; others of it are stale. */
  head: Head | null;
}

/** What may be taken from a {@link DueQueue}. */
export interface DueRequest {
  readonly now: number;
  readonly limit: number;
  readonly roomOf: (subscriptionId: string) => number;
  /** How many were taken already, by subscription; counted on. */
  readonly taken: Map<string, number>;
  /** Tells what waits no more, or in another turn, although it was queued: that is dropped. */
  readonly isWaiting: (deliveryId: string, turn: number) => boolean;
}

/** What {@link DueQueue.take} found. */
export interface DueTaken {
  readonly deliveryIds: readonly string[];
  /** When the next delivery with room for it is due; null when there is none. */
  readonly nextDueAt: number | null;
  /** Whether something due was left for lack of room. */
  readonly passedOver: boolean;
}

const byTime = (a: Head | DueItem, b: Head | DueItem): number =>
  a.dueAt - b.dueAt || a.turn - b.turn;

/**
 * Pending deliveries in order of their due time, a heap per subscription and a heap of those: so that
 * passing over a subscription without room costs the same however long its backlog is.
 */
export class DueQueue {
  private readonly lanes = new Map<string, Lane>();
  private readonly heads = new TinyQueue<Head>([], byTime);

  /** @param turn a number that has not been used before, greater than all others */
  push(subscriptionId: string, deliveryId: string, dueAt: number, turn: number): void {
    const item = { deliveryId, dueAt, turn };
    let lane = this.lanes.get(subscriptionId);
    if (lane === undefined) {
      // A list that begins with its item has no room to spare: most lanes hold one.
      lane = { items: new TinyQueue<DueItem>([item], byTime), head: null };
      this.lanes.set(subscriptionId, lane);
    } else {
      lane.items.push(item);
    }
    this.lead(subscriptionId, lane);
  }

  /** Takes what is due at `now`, oldest first, as far as each subscription has room. */
  take({ now, limit, roomOf, taken, isWaiting }: DueRequest): DueTaken {
    const deliveryIds: string[] = [];
    const full: Head[] = [];
    let head = this.first();
    while (head !== null && head.dueAt <= now && deliveryIds.length < limit) {
      const { subscriptionId } = head;
      const lane = this.lanes.get(subscriptionId)!;
      const count = taken.get(subscriptionId) ?? 0;
      this.heads.pop();
      if (count >= roomOf(subscriptionId)) {
        full.push(head);
      } else {
        const item = lane.items.pop()!;
        if (isWaiting(item.deliveryId, item.turn)) {
          deliveryIds.push(item.deliveryId);
          taken.set(subscriptionId, count + 1);
        }
        lane.head = null;
        this.lead(subscriptionId, lane);
      }
      head = this.first();
    }
    const nextDueAt = head === null ? null : head.dueAt;
    for (const passed of full) this.heads.push(passed);
    return { deliveryIds, nextDueAt, passedOver: full.length > 0 };
  }

  /** Takes everything that waits for a subscription, due or not. */
  drain(subscriptionId: string): readonly string[] {
    const lane = this.lanes.get(subscriptionId);
    this.lanes.delete(subscriptionId);
    return lane === undefined ? [] : lane.items.data.map((item) => item.deliveryId);
  }

  private lead(subscriptionId: string, lane: Lane): void {
    const next = lane.items.peek();
    if (next === undefined) {
      this.lanes.delete(subscriptionId);
    } else if (lane.head === null || byTime(next, lane.head) < 0) {
      lane.head = { subscriptionId, dueAt: next.dueAt, turn: next.turn };
      this.heads.push(lane.head);
    }
  }

  private first(): Head | null {
    for (;;) {
      const head = this.heads.peek();
      if (head === undefined) return null;
      if (this.lanes.get(head.subscriptionId)?.head === head) return head;
      this.heads.pop();
    }
  }
}
