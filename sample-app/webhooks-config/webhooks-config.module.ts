import { Module } from '@nestjs/common';
import { DeliveriesController } from './deliveries.controller.js';
import { WebhooksConfigController } from './webhooks-config.controller.js';

@Module({ controllers: [WebhooksConfigController, DeliveriesController] })
export class WebhooksConfigModule {}
