import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CreateSubscriptionDto, WebhooksExceptionFilter, WebhookService } from 'nestjs-webhooks';
import { CreatedWebhookSubscriptionDto } from './created-webhook-subscription.dto.js';
import { WebhookSubscriptionDto } from './webhook-subscription.dto.js';
import { WebhooksConfigDto } from './webhooks-config.dto.js';

/**
 * Lets receivers subscribe to the shop's webhooks. A real shop knows who calls, and passes the
 * customer as `tenant` with every call below.
 */
@ApiTags('Webhook configuration')
@Controller('webhooks/config')
@UseFilters(WebhooksExceptionFilter)
export class WebhooksConfigController {
  constructor(private readonly webhooks: WebhookService) {}

  /** Subscribes a URL to event types. The answer holds the secret, which is shown this once. */
  @Post()
  async create(@Body() body: CreateSubscriptionDto): Promise<CreatedWebhookSubscriptionDto> {
    return CreatedWebhookSubscriptionDto.of(await this.webhooks.subscribe(body));
  }

  /** Shows what can be subscribed to, and the newest webhook subscriptions. */
  @Get()
  async list(): Promise<WebhooksConfigDto> {
    const { items } = await this.webhooks.subscriptions.list();
    return {
      eventTypes: this.webhooks.events().map(({ name }) => name),
      subscriptions: items.map((one) => WebhookSubscriptionDto.of(one)),
    };
  }

  /** Makes a new secret, shown this once. The old one goes on signing beside it for a day. */
  @Post(':id/rotate-secret')
  async rotateSecret(@Param('id') id: string): Promise<CreatedWebhookSubscriptionDto> {
    return CreatedWebhookSubscriptionDto.of(await this.webhooks.subscriptions.rotateSecret(id));
  }

  /** Ends a webhook subscription. */
  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string): Promise<void> {
    return this.webhooks.unsubscribe(id);
  }
}
