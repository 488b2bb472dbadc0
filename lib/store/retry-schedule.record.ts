/** When a delivery is tried: plain data, so that a store can hold it. */
export interface RetrySchedule {
  /**
   * Milliseconds to wait before each further try. The first try is made at once, so there is one try
   * more than delays.
   */
  readonly delays: readonly number[];
  /** Each delay is varied by up to this fraction either way: 0 to 1. */
  readonly jitter: number;
}
