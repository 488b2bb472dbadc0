import { Module } from '@nestjs/common';
import { DeliveriesController } from './deliveries.controller.js';
import { DisabledListener } from './disabled.listener.js';
import { WebhooksConfigController } from './webhooks-config.controller.js';

@Module({
  controllers: [WebhooksConfigController, DeliveriesController],
  providers: [DisabledListener],
})
export class WebhooksConfigModule {}
