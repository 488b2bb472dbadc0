import { LRUCache } from 'lru-cache';
import type { TransportFailure, WebhookTransport } from '../egress/transport.js';
import type { Clock } from '../platform/clock.js';
import type { OAuth2Auth } from '../store/subscription-credentials.record.js';
import { readTokenAnswer } from './token.answer.js';
import { tokenRequest } from './token.request.js';

/** What {@link AccessTokens} need of the module's options. */
export interface AccessTokenOptions {
  readonly timeout: number;
  readonly userAgent: string;
}

/** An access token. */
export interface FoundToken {
  readonly token: string;
  /** It was there before it was asked for: perhaps the server that takes it knows it no longer. */
  readonly cached: boolean;
}

/** Why there is no token. */
export interface MissingToken {
  /** How the request for it ended; `http` for an answer without a token. */
  readonly stage: TransportFailure['stage'] | 'http';
  /** Holds nothing of the credentials or the answer. */
  readonly message: string;
  /** Text of the `retry-after` header of the answer; null without one. */
  readonly retryAfter: string | null;
}

interface Fetched {
  readonly token: string;
  /** By the clock's `elapsed()`. */
  readonly staleAt: number;
}

interface Entry {
  readonly credentials: string;
  readonly fetching: Promise<Fetched | MissingToken>;
  /** Null while it is being fetched. */
  fetched: Fetched | null;
}

const MOST_KEPT = 10_000;
const MARGIN = 30_000;

/**
 * Access tokens of subscriptions with OAuth 2.0 client credentials: each fetched through the guarded
 * transport, once for all requests that wait for it, and kept until 30 seconds before it expires (half
 * of its life if that is shorter). No two subscriptions share one.
 */
export class AccessTokens {
  private readonly entries = new LRUCache<string, Entry>({ max: MOST_KEPT });

  constructor(
    private readonly options: AccessTokenOptions,
    private readonly transport: WebhookTransport,
    private readonly clock: Clock,
  ) {}

  /** Never rejects, and takes no longer than the module's `timeout`. */
  async get(subscriptionId: string, auth: OAuth2Auth): Promise<FoundToken | MissingToken> {
    const credentials = JSON.stringify(auth);
    let entry = this.entries.get(subscriptionId);
    if (entry === undefined || entry.credentials !== credentials || this.isStale(entry)) {
      entry = { credentials, fetching: this.fetch(auth), fetched: null };
      this.entries.set(subscriptionId, entry);
    }
    const cached = entry.fetched !== null;
    const fetched = await entry.fetching;
    if ('token' in fetched) {
      entry.fetched = fetched;
      return { token: fetched.token, cached };
    }
    this.drop(subscriptionId, entry);
    return fetched;
  }

  /** Forgets a token that was refused, unless another has taken its place. */
  forget(subscriptionId: string, token: string): void {
    const entry = this.entries.get(subscriptionId);
    if (entry?.fetched?.token === token) this.drop(subscriptionId, entry);
  }

  private isStale({ fetched }: Entry): boolean {
    return fetched !== null && fetched.staleAt <= this.clock.elapsed();
  }

  private drop(subscriptionId: string, entry: Entry): void {
    if (this.entries.get(subscriptionId) === entry) this.entries.delete(subscriptionId);
  }

  private async fetch(auth: OAuth2Auth): Promise<Fetched | MissingToken> {
    const { timeout, userAgent } = this.options;
    const start = this.clock.elapsed();
    const answer = await this.transport.send(tokenRequest(auth, userAgent, timeout));
    if (answer.kind === 'failure') {
      const { stage, message } = answer;
      return { stage, message: `No access token: ${message}`, retryAfter: null };
    }
    const granted = readTokenAnswer(answer);
    if (typeof granted === 'string') {
      return { stage: 'http', message: granted, retryAfter: answer.retryAfter };
    }
    const { token, lifetime } = granted;
    return { token, staleAt: start + lifetime - Math.min(MARGIN, lifetime / 2) };
  }
}
