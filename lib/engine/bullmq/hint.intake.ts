import { randomUUID } from 'node:crypto';
import type { Job } from 'bullmq';
import type { Clock } from '../../platform/clock.js';
import type { DueRunner } from '../delivery.engine.js';
import type { HintData, HintQueue, QueueExit } from './hint.queue.js';
import type { Outage } from './outage.js';
import { backoff, CALL_LIMIT, within } from './time.limit.js';

// Longer than an empty queue is waited on.
const TAKE_LIMIT = 20_000;
const STOP_LIMIT = 3_000;
const BREATH = 10;

/** Takes hints out of the queue, one after the other, while the process has room for more deliveries. */
export class HintIntake {
  private readonly token = randomUUID();
  private exit: QueueExit | null = null;
  private taking: Promise<void> = Promise.resolve();
  private handling: Promise<void> = Promise.resolve();
  private endPause: () => void = () => {};
  private stopped = true;

  constructor(
    private readonly queue: HintQueue,
    private readonly clock: Clock,
    private readonly outage: Outage,
  ) {}

  /** Opens the queue, so that wrong options are refused now, and begins to take. */
  start(runner: DueRunner): void {
    this.stopped = false;
    this.exit = this.queue.openExit();
    this.taking = this.takeAll(runner);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.endPause();
    await this.handling;
    if (this.exit !== null) await this.queue.close(this.exit);
    this.exit = null;
    await within(STOP_LIMIT, this.clock, this.taking).catch(() => {});
  }

  private async takeAll(runner: DueRunner): Promise<void> {
    let failures = 0;
    let empty = 0;
    while (!this.stopped) {
      try {
        this.exit ??= this.queue.openExit();
        const taken = this.exit.getNextJob(this.token);
        const hint = await within(TAKE_LIMIT, this.clock, taken);
        if (this.stopped) return;
        failures = 0;
        empty = hint === undefined ? empty + 1 : 0;
        // BullMQ answers at once, again and again, while the queue is limited by somebody.
        if (empty > 1) await this.pause(BREATH);
        if (hint !== undefined) await (this.handling = this.handle(hint, runner));
      } catch (error) {
        if (!this.stopped) await this.fail(error, failures++);
      }
    }
  }

  /** It is done with as soon as it is taken: what becomes of the deliveries is for the store to know. */
  private async handle(hint: Job<HintData, void>, runner: DueRunner): Promise<void> {
    const removed = within(
      CALL_LIMIT,
      this.clock,
      hint.moveToCompleted(undefined, this.token, false),
    );
    const noted = removed.then(
      () => this.outage.end(),
      (error: unknown) => this.outage.note(error),
    );
    await runner.take(idsIn(hint.data));
    await noted;
  }

  private async fail(error: unknown, failures: number): Promise<void> {
    this.outage.note(error);
    const failed = this.exit;
    this.exit = null;
    if (failed !== null) await this.queue.close(failed);
    await this.pause(backoff(failures));
  }

  private async pause(delay: number): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>((resolve) => {
      const timer = this.clock.setTimer(resolve, delay);
      this.endPause = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

/** Others can write into the queue too. */
function idsIn({ deliveryIds }: Partial<HintData>): readonly string[] {
  return Array.isArray(deliveryIds) ? deliveryIds.filter((id) => typeof id === 'string') : [];
}
