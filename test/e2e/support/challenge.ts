import type { WebhookService, WebhooksModuleOptions } from 'nestjs-webhooks';
import { type ReceivedRequest, WebhookReceiver } from 'nestjs-webhooks/testing';
import { startShop } from '../support/shop.app.js';

/** What a subscription shows before and after its receiver has answered a challenge. */
export const UNVERIFIED = { state: 'disabled', disabledReason: 'unverified' };
export const ENABLED = { state: 'enabled', disabledReason: null, disabledAt: null };

/** The body of a request, as a receiver that echoes it answers. */
export const echo = ({ body }: ReceivedRequest): string => body.toString();

/** The token of a challenge. */
export const tokenIn = (request: ReceivedRequest): string =>
  (JSON.parse(echo(request)) as { challenge: string }).challenge;

/** Receivers, and apps that challenge them, for one test at a time. */
export class ChallengeStage {
  private readonly ends: (() => Promise<unknown>)[] = [];

  /** Called by `clear`, the last first. */
  atEnd(end: () => Promise<unknown>): void {
    this.ends.push(end);
  }

  async receive(): Promise<WebhookReceiver> {
    const receiver = await WebhookReceiver.start();
    this.atEnd(() => receiver.close());
    return receiver;
  }

  async start(options: WebhooksModuleOptions = {}): Promise<WebhookService> {
    const { app, webhooks } = await startShop({ challenge: true, ...options });
    this.atEnd(() => app.close());
    return webhooks;
  }

  subscribe(webhooks: WebhookService, url: string) {
    return webhooks.subscribe({ url, eventTypes: ['*'] });
  }

  async clear(): Promise<void> {
    for (const end of this.ends.splice(0).toReversed()) await end();
  }
}
