/**
 * State of a delivery: `pending` until one of the ends: `succeeded`, `exhausted` (no try left, or
 * none that could help) or `cancelled` (its subscription was disabled or deleted).
 */
export const DELIVERY_STATUSES = ['pending', 'succeeded', 'exhausted', 'cancelled'] as const;

/** See {@link DELIVERY_STATUSES}. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event for one subscription. */
export interface DeliveryRecord {
  /** `dlv_…`, minted by the store; sorts by the time of acceptance. */
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly subscriptionId: string;
  readonly tenant: string;
  readonly status: DeliveryStatus;
  /** Why it ended without success, as text for support; null otherwise. */
  readonly reason: string | null;
  /** Attempts begun in all: the number of the latest, counted from 1; 0 before the first. */
  readonly attempts: number;
  /** Attempts begun in the present run of the schedule: a redelivery starts again at 0. */
  readonly tries: number;
  /** Made pending by `recover` or `replay`: gives way to what is sent now. */
  readonly replayed: boolean;
  /** That of its event. */
  readonly orderingKey: string | null;
  /**
   * When the next attempt is due, in milliseconds since the Unix epoch; null once ended, and while one
   * before it with the same ordering key has to end first.
   */
  readonly dueAt: number | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
}
