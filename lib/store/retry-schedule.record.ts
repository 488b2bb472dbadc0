/** When the tries of a delivery are made: plain data, so that a store can hold it. */
export interface RetrySchedule {
  /** Milliseconds to wait before each try; as many entries as tries. The first is usually 0. */
  readonly delays: readonly number[];
  /** Each delay but a zero one is varied by up to this fraction either way: 0 to 1. */
  readonly jitter: number;
}
