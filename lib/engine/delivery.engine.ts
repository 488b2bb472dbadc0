/** Deliveries that are, or will be, due: a wake-up, not the truth. */
export interface DeliveryHint {
  /** May be empty: then it only says when something is due. */
  readonly deliveryIds: readonly string[];
  /** Milliseconds until they are due. */
  readonly dueIn: number;
}

/** Claims and delivers what is due: the given deliveries, or whatever the store says. */
export type DueRunner = (deliveryIds?: readonly string[]) => void;

/**
 * What wakes the worker: the port every engine implements.
 *
 * An engine may lose, repeat or delay hints: the store holds the truth and the sweeper finds what an
 * engine forgot.
 */
export abstract class DeliveryEngine {
  /** Begins to call `run` when something is due. */
  abstract start(run: DueRunner): Promise<void>;

  /** Tells that deliveries are, or will be, due. Must not throw when the engine's backend is away. */
  abstract wake(hint: DeliveryHint): void;

  /** Stops calling `run`; resolves when no call is under way. */
  abstract stop(): Promise<void>;
}
