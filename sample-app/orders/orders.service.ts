import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { WebhookService } from 'nestjs-webhooks';
import { CreateOrderDto } from './create-order.dto.js';
import { OrderShippedDto } from './order-shipped.dto.js';
import { OrderDto, OrderStatus } from './order.dto.js';
import { OrderWebhooks } from './order.webhooks.js';

/** Orders, in memory. */
@Injectable()
export class OrdersService {
  private readonly orders = new Map<string, OrderDto>();

  constructor(private readonly webhooks: WebhookService) {}

  async create({ customerId, items }: CreateOrderDto): Promise<OrderDto> {
    const id = `ord_${randomUUID()}`;
    const total = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
    const order = { id, customerId, items, total, status: OrderStatus.Created };
    this.orders.set(id, order);
    await this.webhooks.of(OrderWebhooks).orderCreated(order);
    return order;
  }

  async pay(id: string): Promise<OrderDto> {
    const order = this.advance(id, OrderStatus.Created, OrderStatus.Paid);
    await this.webhooks.of(OrderWebhooks).orderPaid(order);
    return order;
  }

  async ship(id: string): Promise<OrderShippedDto> {
    const order = this.advance(id, OrderStatus.Paid, OrderStatus.Shipped);
    const trackingNumber = `TRK-${randomUUID().slice(0, 8)}`;
    const shipped = Object.assign(new OrderShippedDto(), order, { trackingNumber });
    await this.webhooks.of(OrderWebhooks).orderShipped(shipped);
    return shipped;
  }

  private advance(id: string, from: OrderStatus, to: OrderStatus): OrderDto {
    const order = this.orders.get(id);
    if (order === undefined) throw new NotFoundException('No such order');
    if (order.status !== from) throw new ConflictException(`The order is ${order.status}`);
    const advanced = Object.assign(new OrderDto(), order, { status: to });
    this.orders.set(id, advanced);
    return advanced;
  }
}
