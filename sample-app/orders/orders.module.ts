import { Module } from '@nestjs/common';
import { OrderWebhooks } from './order.webhooks.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';

@Module({ controllers: [OrdersController], providers: [OrdersService, OrderWebhooks] })
export class OrdersModule {}
