import type { WebhookTransport, TransportResult } from '../egress/transport.js';
import type { Clock } from '../platform/clock.js';
import type { SignatureScheme } from '../signing/signature.scheme.js';
import type { AttemptOutcome, AttemptResult } from '../store/attempt.record.js';
import type { EventRecord } from '../store/event.record.js';
import type { SubscriptionRecord } from '../store/subscription.record.js';
import { WebhooksError } from '../webhooks.error.js';
import { sentTypeOf } from './example.event.js';
import { parseRetryAfter } from './retry-after.js';
import type { Sent } from './settlement.js';

/** Of which attempts the receiver's answer is kept. */
export type KeepAnswers = 'none' | 'failures' | 'all';

/** What a {@link Sender} needs of the module's options. */
export interface SenderOptions {
  readonly headerPrefix: string;
  readonly signatures: readonly SignatureScheme[];
  readonly timeout: number;
  readonly userAgent: string;
  readonly retryAfterLimit: number;
  readonly keepAnswers: KeepAnswers;
}

/** Makes one signed request of an event to a subscription. */
export class Sender {
  constructor(
    private readonly options: SenderOptions,
    private readonly transport: WebhookTransport,
    private readonly clock: Clock,
  ) {}

  /** Never rejects: whatever happens is a result. */
  async send(event: EventRecord, subscription: SubscriptionRecord): Promise<Sent> {
    const start = this.clock.elapsed();
    let headers: Record<string, string>;
    try {
      headers = this.headersOf(event, subscription);
    } catch (error) {
      const code = error instanceof WebhooksError ? error.code : 'unexpected error';
      return this.unsendable(`the request could not be signed (${code})`);
    }
    const answer = await this.transport.send({
      url: subscription.url,
      method: event.method.toUpperCase(),
      headers,
      body: event.body,
      timeout: this.options.timeout,
    });
    return this.toSent(answer, Math.round(this.clock.elapsed() - start));
  }

  private headersOf(event: EventRecord, subscription: SubscriptionRecord): Record<string, string> {
    const { headerPrefix, signatures, userAgent } = this.options;
    const now = this.clock.now();
    const timestamp = Math.floor(now / 1_000);
    const headers: Record<string, string> = { ...subscription.headers, 'user-agent': userAgent };
    if (event.body.length > 0) headers['content-type'] = 'application/json';
    headers[`${headerPrefix}id`] = event.id;
    headers[`${headerPrefix}timestamp`] = String(timestamp);
    headers[`${headerPrefix}event`] = sentTypeOf(event.type);
    const secrets = subscription.secrets.filter(
      ({ expiresAt }) => expiresAt === null || expiresAt > now,
    );
    for (const scheme of signatures) {
      const keys = secrets.map(({ value }) => scheme.parseSecret(value));
      const input = { id: event.id, timestamp, body: event.body };
      Object.assign(headers, scheme.sign(input, keys, headerPrefix));
    }
    return headers;
  }

  private toSent(answer: TransportResult, duration: number): Sent {
    if (answer.kind === 'failure') {
      const { stage } = answer;
      const outcome = stage === 'aborted' || stage === 'client' ? 'unknown' : stage;
      const nothing = { status: null, answer: null, error: answer.message };
      const result: AttemptResult = { outcome, duration, ...nothing };
      return { result, retryAfter: null, final: outcome === 'blocked' };
    }
    const { status, body } = answer;
    const outcome = outcomeOf(status);
    const error = outcome === 'success' ? null : `the receiver answered ${status}`;
    const { keepAnswers, retryAfterLimit } = this.options;
    const kept = keepAnswers === 'all' || (keepAnswers === 'failures' && error !== null);
    const result = { outcome, duration, status, answer: kept ? body : null, error };
    const now = this.clock.now();
    const retryAfter = parseRetryAfter(answer.retryAfter, now, retryAfterLimit);
    return { result, retryAfter, final: false };
  }

  private unsendable(error: string): Sent {
    const result = { outcome: 'blocked', duration: 0, status: null, answer: null, error } as const;
    return { result, retryAfter: null, final: true };
  }
}

function outcomeOf(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return 'success';
  return status >= 300 && status < 400 ? 'redirect' : 'http';
}
