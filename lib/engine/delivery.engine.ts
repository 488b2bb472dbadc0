/** Deliveries that are, or will be, due: a wake-up, not the truth. */
export interface DeliveryHint {
  /** May be empty: then it only says when something is due. */
  readonly deliveryIds: readonly string[];
  /** Milliseconds until they are due. */
  readonly dueIn: number;
}

/** Whom an engine wakes: claims what is due in the store, and delivers it. */
export interface DueRunner {
  /** Whatever the store says is due, as soon as there is room. */
  run(): void;

  /**
   * What of these is due. Resolves when it is claimed and there is room for more: the time for the next
   * hint, so that a process takes no more of them than it can deliver.
   */
  take(deliveryIds: readonly string[]): Promise<void>;
}

/**
 * What wakes the worker: the port every engine implements.
 *
 * An engine may lose, repeat or delay hints: the store holds the truth and the sweeper finds what an
 * engine forgot.
 */
export abstract class DeliveryEngine {
  /**
   * Begins to wake the runner when something is due.
   *
   * @param runner null in a process that only accepts events: then hints are for other processes
   */
  abstract start(runner: DueRunner | null): Promise<void>;

  /** Tells that deliveries are, or will be, due. Must not throw when the engine's backend is away. */
  abstract wake(hint: DeliveryHint): void;

  /** Stops waking; resolves, soon also when the backend is away, when no call is under way. */
  abstract stop(): Promise<void>;
}
