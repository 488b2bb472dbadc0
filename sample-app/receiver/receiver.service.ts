import { Injectable, Logger } from '@nestjs/common';
import { WebhookService } from 'nestjs-webhooks';
import { receiverSecrets } from './receiver.secrets.js';

/** A webhook that was handled. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly eventType: string;
  readonly method: string;
  readonly body: unknown;
}

const MOST_KEPT = 100;

/** Handles webhooks: here it only notes them. */
@Injectable()
export class ReceiverService {
  private readonly logger = new Logger(ReceiverService.name);
  private readonly handled: ReceivedWebhook[] = [];

  constructor(private readonly webhooks: WebhookService) {}

  /** The latest webhooks, newest first. */
  get latest(): readonly ReceivedWebhook[] {
    return this.handled;
  }

  /** Subscribes the shop's own receiver to everything, so that there is something to see. */
  async subscribe(shopUrl: string): Promise<void> {
    const { secret } = await this.webhooks.subscribe({
      url: `${shopUrl}/receiver`,
      eventTypes: ['*'],
      description: 'The shop itself',
    });
    receiverSecrets.unshift(secret);
  }

  handle(webhook: ReceivedWebhook): void {
    this.handled.unshift(webhook);
    this.handled.splice(MOST_KEPT);
    this.logger.log(`Received ${webhook.eventType} as ${webhook.id}`);
  }
}
