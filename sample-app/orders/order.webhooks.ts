import { ApiTags } from '@nestjs/swagger';
import { Webhook } from 'nestjs-webhooks';
import { OrderShippedDto } from './order-shipped.dto.js';
import { OrderDto } from './order.dto.js';

/** Events of orders. */
@ApiTags('Orders')
export class OrderWebhooks {
  /** Sent when a customer has placed an order that is not paid yet. */
  @Webhook('order.created')
  orderCreated(_body: OrderDto): void {}

  /** Sent once the money for an order has arrived. */
  @Webhook('order.paid')
  orderPaid(_body: OrderDto): void {}

  /** Sent when the carrier has taken the parcel. */
  @Webhook('order.shipped')
  orderShipped(_body: OrderShippedDto): void {}
}
