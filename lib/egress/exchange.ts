import type { Dispatcher } from 'undici';
import type { Clock, ClockTimer } from '../platform/clock.js';
import { AnswerBuffer } from './answer.buffer.js';
import { ConnectionError } from './connection.error.js';
import { toTransportFailure } from './failure.mapper.js';
import type { TransportFailure, TransportRequest, TransportResult } from './transport.js';

const INFORMATIONAL_LIMIT = 100;

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/**
 * One request and what comes of it. The deadline runs from its construction.
 *
 * Once the final status has arrived, it is the result whatever follows: a receiver that has said 200
 * has got the event, also when its body drips, breaks off or never ends.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly result: Promise<TransportResult>;
  /** Headers of the answer; empty before it. */
  headers: Headers = {};
  ended = false;

  private resolve!: (result: TransportResult) => void;
  private controller: Dispatcher.DispatchController | null = null;
  private informational = 0;
  private status = 0;
  private readonly body: AnswerBuffer;
  private readonly deadline: ClockTimer;

  /**
   * @param answerLimit in bytes
   * @param onEnd called once, when the result is there; `whole` when the answer was read to its end
   */
  constructor(
    readonly request: TransportRequest,
    clock: Clock,
    answerLimit: number,
    private readonly onEnd: (exchange: Exchange, whole: boolean) => void,
  ) {
    this.body = new AnswerBuffer(answerLimit);
    this.result = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.deadline = clock.setTimer(
      () => this.stop('timeout', 'No answer within the time limit.'),
      request.timeout,
    );
  }

  /** Whether the final status of an answer has arrived. */
  get answered(): boolean {
    return this.status !== 0;
  }

  /** Ends the exchange here and now: with the answer if its status is there, else as a failure. */
  stop(stage: TransportFailure['stage'], message: string): void {
    if (!this.ended) {
      this.end(this.answered ? this.answer() : { kind: 'failure', stage, message });
      this.controller?.abort(new ConnectionError(stage, message));
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
  }

  onResponseStart(_controller: unknown, status: number, headers: Headers): void {
    if (status >= 200) {
      this.status = status;
      this.headers = headers;
    } else if (++this.informational > INFORMATIONAL_LIMIT) {
      this.stop('too_large', `More than ${INFORMATIONAL_LIMIT} informational answers came.`);
    }
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (!this.ended && this.body.add(chunk)) {
      this.stop('too_large', 'The answer exceeds the limit.');
    }
  }

  onResponseEnd(): void {
    if (!this.ended) {
      this.end(this.answer(), true);
    }
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (!this.ended) {
      this.end(this.answered ? this.answer() : toTransportFailure(error));
    }
  }

  private end(result: TransportResult, whole = false): void {
    this.ended = true;
    this.deadline.cancel();
    this.onEnd(this, whole);
    this.resolve(result);
  }

  private answer(): TransportResult {
    const retryAfter = this.headers['retry-after'];
    return {
      kind: 'answer',
      status: this.status,
      retryAfter: (Array.isArray(retryAfter) ? retryAfter[0] : retryAfter) ?? null,
      body: this.body.toString(),
    };
  }
}
