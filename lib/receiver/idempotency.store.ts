/**
 * What a store knows of a key: nothing until now (`started`: the caller holds it), another caller holds
 * it (`in-progress`), or it is completed (`done`).
 */
export type IdempotencyState = 'started' | 'in-progress' | 'done';

/**
 * Remembers which webhooks were handled, so that a repeat is not handled again: a port, and its own
 * injection token. Provide one that all replicas share where a receiver has several.
 */
export abstract class IdempotencyStore {
  /**
   * Takes a key that nobody holds and nobody has completed; in one step, so that of two callers at once
   * one gets `started`.
   *
   * @param lease milliseconds after which a key that was neither completed nor released counts as
   * released, as its holder has died
   */
  abstract begin(key: string, lease: number): Promise<IdempotencyState>;

  /**
   * Marks a key as completed.
   *
   * @param ttl milliseconds to remember it for
   */
  abstract complete(key: string, ttl: number): Promise<void>;

  /** Gives a key back, so that a repeat is handled. */
  abstract release(key: string): Promise<void>;
}
