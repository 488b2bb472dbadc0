import {
  type BackendFactory,
  createRedisBackend,
  type IQueueBackend,
  Queue,
  type QueueOptions,
  Worker,
} from 'bullmq';
import type { Clock } from '../../platform/clock.js';
import type { BullMqEngineOptions } from './bullmq.options.js';
import type { Outage } from './outage.js';
import { within } from './time.limit.js';

/** What a hint carries through the queue: ids only. */
export interface HintData {
  readonly deliveryIds: readonly string[];
}

/** The end of the queue that hints are put into. */
export type QueueEntry = Queue<
  HintData,
  void,
  string,
  HintData,
  void,
  string,
  IQueueBackend,
  unknown
>;

/** The end of the queue that hints are taken from. */
export type QueueExit = Worker<HintData, void, string, IQueueBackend, number, unknown>;

const HINT = 'due';
const CLOSE_LIMIT = 3_000;

// The table decides what becomes of a delivery: a hint is tried once, and whatever became of it is
// removed. Many deaths of processes must not make it a failed one.
const ONCE = { attempts: 1, removeOnComplete: true, removeOnFail: true };
const MANY_DEATHS = 1_000_000;
const FEW_TRACES = { events: { maxLen: 100 } };

/**
 * Opens and closes the two ends of the queue. Some failures of a start are final for a connection of
 * BullMQ's, which is why an end that has failed is closed and opened anew.
 */
export class HintQueue {
  constructor(
    private readonly options: BullMqEngineOptions,
    private readonly clock: Clock,
    private readonly outage: Outage,
  ) {}

  openEntry(): QueueEntry {
    const { name, options, backend } = this.settings();
    const entry: QueueEntry = new Queue(
      name,
      { ...options, defaultJobOptions: ONCE, streams: FEW_TRACES },
      backend,
    );
    entry.on('error', (error) => this.outage.note(error));
    return entry;
  }

  openExit(): QueueExit {
    const { name, options, backend } = this.settings();
    const exit: QueueExit = new Worker(
      name,
      null,
      { ...options, autorun: false, maxStalledCount: MANY_DEATHS },
      backend,
    );
    exit.on('error', (error) => this.outage.note(error));
    // Hints that a dead process held go back into the queue.
    void exit.startStalledCheckTimer();
    return exit;
  }

  async put(entry: QueueEntry, batches: readonly (readonly string[])[]): Promise<void> {
    await entry.addBulk(batches.map((deliveryIds) => ({ name: HINT, data: { deliveryIds } })));
  }

  /** Resolves within a few seconds, whatever the state of the connection. */
  async close(end: QueueEntry | QueueExit): Promise<void> {
    const closing = end instanceof Worker ? end.close(true) : end.getBackend().close(true);
    await within(CLOSE_LIMIT, this.clock, closing).catch(() => {});
  }

  private settings() {
    const { connection, queueName: name = 'nestjs-webhooks', prefix } = this.options;
    const options: QueueOptions<unknown> = { connection };
    if (prefix !== undefined) options.prefix = prefix;
    // The options' type has made sure that this backend takes this connection.
    const factory = this.options.backend ?? createRedisBackend;
    return { name, options, backend: factory as BackendFactory<IQueueBackend, unknown> };
  }
}
