import { setImmediate } from 'node:timers/promises';
import type { DeliveryEngine } from '../engine/delivery.engine.js';
import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import type { TenantOptions } from '../platform/tenant.js';
import type { Backfilled, BackfillRequest } from '../store/backfill.request.js';

/** Which deliveries to make anew, and how to follow that. */
export interface BackfillOptions extends TenantOptions {
  readonly subscriptionId: string;
  /** Of events accepted at this time or later. */
  readonly since: Date;
  /** Of events accepted before this time. @default now */
  readonly until?: Date;
  /** Ends it between two steps; what was begun goes on, and `next` of the result resumes it. */
  readonly signal?: AbortSignal;
  /** Called after each step with what was done so far. */
  readonly onProgress?: (progress: BackfillResult) => void;
  /** `next` of an earlier result: goes on from there. */
  readonly cursor?: string;
}

/** What `recover` or `replay` has done. */
export interface BackfillResult {
  /** How many deliveries are pending because of it. */
  readonly deliveries: number;
  /** Where to go on after it was ended by `signal`; null when it is complete. */
  readonly next: string | null;
}

type Step = (request: Pick<BackfillRequest, 'after' | 'limit'>) => Promise<Backfilled>;

const STEP = 500;
// Each store has its own: the id of an event or a delivery, with a time before it or not.
const CURSOR = /^(?:\d{1,16}:)?(?:evt|dlv)_[0-9a-f]{32}$/;

/** Goes through any number of records in steps, waking the worker after each. */
export async function runBackfill(
  { signal, onProgress, cursor }: BackfillOptions,
  engine: DeliveryEngine,
  step: Step,
): Promise<BackfillResult> {
  let after = cursor === undefined ? null : checkCursor(cursor);
  let deliveries = 0;
  for (;;) {
    const { deliveryIds, next } = await step({ after, limit: STEP });
    deliveries += deliveryIds.length;
    if (deliveryIds.length > 0) engine.wake({ deliveryIds, dueIn: 0 });
    onProgress?.({ deliveries, next });
    if (next === null || signal?.aborted === true) return { deliveries, next };
    after = next;
    // Requests go on in between, also where a store works in memory.
    await setImmediate();
  }
}

function checkCursor(cursor: unknown): string {
  if (typeof cursor === 'string' && CURSOR.test(cursor)) return cursor;
  throw new InvalidArgumentError('cursor', 'Give `next` of an earlier result.');
}
