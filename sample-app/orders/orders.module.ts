import { Module } from '@nestjs/common';
import { OrderWebhooks } from './order.webhooks.js';
import { OrdersController } from './orders.controller.js';
import { OrdersRepository } from './orders.repository.js';
import { OrdersService } from './orders.service.js';

@Module({
  controllers: [OrdersController],
  providers: [OrdersService, OrdersRepository, OrderWebhooks],
})
export class OrdersModule {}
