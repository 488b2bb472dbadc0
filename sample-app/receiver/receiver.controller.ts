import { Body, Controller, Delete, Headers, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { VerifyWebhook, WebhookSignatureGuard } from 'nestjs-webhooks';
import { receiverSecrets } from './receiver.secrets.js';
import { ReceiverService } from './receiver.service.js';

/** What a customer writes who receives the shop's webhooks. Only verified ones, each once, get here. */
@ApiExcludeController()
@Controller('receiver')
@UseGuards(WebhookSignatureGuard)
@VerifyWebhook({ resolver: () => receiverSecrets })
export class ReceiverController {
  constructor(private readonly receiver: ReceiverService) {}

  @Post()
  @HttpCode(204)
  receive(
    @Headers('webhook-id') id: string,
    @Headers('webhook-event') eventType: string,
    @Body() body: unknown,
  ): Promise<void> {
    return this.receiver.handle({ id, eventType, method: 'POST', body });
  }

  @Delete()
  @HttpCode(204)
  receiveDeletion(
    @Headers('webhook-id') id: string,
    @Headers('webhook-event') eventType: string,
    @Body() body: unknown,
  ): Promise<void> {
    return this.receiver.handle({ id, eventType, method: 'DELETE', body });
  }
}
