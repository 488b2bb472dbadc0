import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import type { WebhookReceiver } from 'nestjs-webhooks/testing';
import { createCertificate } from '../../unit/egress/support/certificate.js';
import { tokenIn } from '../support/challenge.js';

/** A word that nothing may hold which the package tells anybody. */
export const CANARY = 'kanarienvogel';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A subscription's secrets of every kind, with the canary in each. */
export const SECRET = `whsec_${base64(CANARY.repeat(3))}`;
export const HEADERS = { 'x-api-key': `${CANARY}-header` };
export const BEARER = { type: 'bearer', token: `${CANARY}-token` } as const;
export const BASIC = { type: 'basic', username: 'u', password: `${CANARY}-password` } as const;
export const CERTIFICATE = createCertificate('client');
export const PAYLOAD = { id: `${CANARY}-payload`, total: 42 };

/** What the canary looks like in the forms in which it is kept or sent. */
export const FORMS: readonly string[] = [
  CANARY,
  SECRET.slice(6, 30),
  base64(`u:${BASIC.password}`).slice(4),
  CERTIFICATE.key.split('\n')[1]!,
];

/** The tokens of the challenges that a receiver was sent. */
export function challengeTokens({ requests }: WebhookReceiver): readonly string[] {
  return requests
    .filter(({ headers }) => headers['webhook-event'] === 'webhook.challenge')
    .map(tokenIn);
}

/** Collects all that is logged, thrown or shown. It is a Nest logger. */
export class Listening implements LoggerService {
  readonly texts: string[] = [];

  log = (...lines: unknown[]): void => this.add(...lines);
  warn = (...lines: unknown[]): void => this.add(...lines);
  error = (...lines: unknown[]): void => this.add(...lines);
  debug = (...lines: unknown[]): void => this.add(...lines);
  verbose = (...lines: unknown[]): void => this.add(...lines);

  /** Takes values as every way of printing them shows them, errors with what caused them. */
  add(...values: readonly unknown[]): void {
    for (const value of values) {
      this.texts.push(inspect(value, { depth: null }), JSON.stringify(value) ?? '');
      if (typeof value === 'object' && value !== null && 'message' in value) {
        this.texts.push(String(value.message), 'stack' in value ? String(value.stack) : '');
        if ('cause' in value) this.add(value.cause);
      }
    }
  }

  /** The texts that hold one of these words. */
  holding(words: readonly string[]): readonly string[] {
    return this.texts.filter((text) => words.some((word) => text.includes(word)));
  }
}
