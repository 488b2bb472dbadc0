import type { TransportAnswer, TransportRequest, WebhookTransport } from '../egress/transport.js';
import type { Clock } from '../platform/clock.js';
import type { SignatureScheme } from '../signing/signature.scheme.js';
import type { AttemptOutcome } from '../store/attempt.record.js';
import type { EventRecord } from '../store/event.record.js';
import type { SubscriptionRecord } from '../store/subscription.record.js';
import { WebhooksError } from '../webhooks.error.js';
import type { MissingToken } from './access.tokens.js';
import type { Authorizer } from './authorizer.js';
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

/** Why there is no answer: the request was not made for want of a token, or nothing came back. */
type MissingAnswer = MissingToken;

const UNAUTHORIZED = 401;

/** Makes one signed and authorised request of an event to a subscription. */
export class Sender {
  private readonly names: {
    readonly id: string;
    readonly timestamp: string;
    readonly event: string;
  };

  constructor(
    private readonly options: SenderOptions,
    private readonly transport: WebhookTransport,
    private readonly authorizer: Authorizer,
    private readonly clock: Clock,
  ) {
    const { headerPrefix } = options;
    this.names = {
      id: `${headerPrefix}id`,
      timestamp: `${headerPrefix}timestamp`,
      event: `${headerPrefix}event`,
    };
  }

  /** Never rejects: whatever happens is a result. */
  async send(event: EventRecord, subscription: SubscriptionRecord): Promise<Sent> {
    const start = this.clock.elapsed();
    const answer = await this.exchange(event, subscription);
    const duration = Math.round(this.clock.elapsed() - start);
    return 'stage' in answer ? this.unanswered(answer, duration) : this.answered(answer, duration);
  }

  /**
   * Never rejects: whatever happens is a result. Fetching an access token counts in the time limit. When
   * the receiver answers 401 to a token from the cache, and time is left, a new one is fetched and the
   * request made once more: still the same attempt. A 401 to a new token stands.
   *
   * @param answerLimit bytes of the answer that are read; the module's `answerLimit` when left out
   */
  async exchange(
    event: EventRecord,
    subscription: SubscriptionRecord,
    answerLimit?: number,
  ): Promise<TransportAnswer | MissingAnswer> {
    const until = this.clock.elapsed() + this.options.timeout;
    const first = await this.authorizer.authorize(subscription);
    if ('stage' in first) return first;
    try {
      const request = this.requestOf(event, subscription, first.header, until, answerLimit);
      let answer = await this.transport.send(request);
      if (first.renew !== null && answer.kind === 'answer' && answer.status === UNAUTHORIZED) {
        first.renew();
        const second = await this.authorizer.authorize(subscription);
        if (this.clock.elapsed() < until && !('stage' in second)) {
          const again = this.requestOf(event, subscription, second.header, until, answerLimit);
          answer = await this.transport.send(again);
        }
      }
      return answer.kind === 'answer' ? answer : { ...answer, retryAfter: null };
    } catch (error) {
      const code = error instanceof WebhooksError ? error.code : 'unexpected error';
      const message = `the request could not be signed (${code})`;
      return { stage: 'blocked', message, retryAfter: null };
    }
  }

  /** @throws what a signature scheme throws */
  private requestOf(
    event: EventRecord,
    subscription: SubscriptionRecord,
    authorization: string | null,
    until: number,
    answerLimit: number | undefined,
  ): TransportRequest {
    const headers = this.headersOf(event, subscription);
    if (authorization !== null) headers['authorization'] = authorization;
    return {
      url: subscription.url,
      method: event.method.toUpperCase(),
      headers,
      body: event.body,
      timeout: Math.max(0, until - this.clock.elapsed()),
      clientCertificate: subscription.clientCertificate,
      answerLimit,
    };
  }

  private headersOf(event: EventRecord, subscription: SubscriptionRecord): Record<string, string> {
    const { headerPrefix, signatures, userAgent } = this.options;
    const now = this.clock.now();
    const timestamp = Math.floor(now / 1_000);
    const headers: Record<string, string> = { ...subscription.headers, 'user-agent': userAgent };
    if (event.body.length > 0) headers['content-type'] = 'application/json';
    headers[this.names.id] = event.id;
    headers[this.names.timestamp] = String(timestamp);
    headers[this.names.event] = sentTypeOf(event.type);
    const secrets = subscription.secrets.filter(
      ({ expiresAt }) => expiresAt === null || expiresAt > now,
    );
    const input = { id: event.id, timestamp, body: event.body };
    for (const scheme of signatures) {
      const keys = secrets.map(({ value }) => scheme.parseSecret(value));
      Object.assign(headers, scheme.sign(input, keys, headerPrefix));
    }
    return headers;
  }

  private answered({ status, body, ...answer }: TransportAnswer, duration: number): Sent {
    const outcome = outcomeOf(status);
    const error = outcome === 'success' ? null : `the receiver answered ${status}`;
    const { keepAnswers, retryAfterLimit } = this.options;
    const kept = keepAnswers === 'all' || (keepAnswers === 'failures' && error !== null);
    const result = { outcome, duration, status, answer: kept ? body : null, error };
    const now = this.clock.now();
    const retryAfter = parseRetryAfter(answer.retryAfter, now, retryAfterLimit);
    return { result, retryAfter, final: false };
  }

  /** A token server's answer is not the receiver's: it is neither kept nor does its status count. */
  private unanswered({ stage, message, retryAfter }: MissingAnswer, duration: number): Sent {
    const outcome = stage === 'aborted' || stage === 'client' ? 'unknown' : stage;
    const result = { outcome, duration, status: null, answer: null, error: message } as const;
    const limit = this.options.retryAfterLimit;
    const wait = parseRetryAfter(retryAfter, this.clock.now(), limit);
    return { result, retryAfter: wait, final: outcome === 'blocked' };
  }
}

function outcomeOf(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return 'success';
  return status >= 300 && status < 400 ? 'redirect' : 'http';
}
