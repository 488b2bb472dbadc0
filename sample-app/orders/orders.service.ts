import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { WebhookService } from 'nestjs-webhooks';
import { Database, type Transaction } from '../database/database.js';
import { CreateOrderDto } from './create-order.dto.js';
import { OrderShippedDto } from './order-shipped.dto.js';
import { OrderDto, OrderStatus } from './order.dto.js';
import { OrderWebhooks } from './order.webhooks.js';
import { OrdersRepository } from './orders.repository.js';

/** Changes orders, and tells of it: in one transaction, so that there is never one without the other. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly database: Database,
    private readonly orders: OrdersRepository,
    private readonly webhooks: WebhookService,
  ) {}

  async create({ customerId, items }: CreateOrderDto): Promise<OrderDto> {
    const id = `ord_${randomUUID()}`;
    const total = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
    const order = { id, customerId, items, total, status: OrderStatus.Created };
    await this.database.transaction(async (tx) => {
      await this.orders.insert(tx, order);
      await this.webhooks.of(OrderWebhooks).orderCreated(order, { transaction: tx.connection });
      // Last, as others wait for the stock meanwhile. Without enough, order and event are undone.
      for (const item of items.toSorted(bySku)) {
        await this.orders.takeFromStock(tx, item);
      }
    });
    return order;
  }

  async pay(id: string): Promise<OrderDto> {
    return this.database.transaction(async (tx) => {
      const order = await this.advance(tx, id, OrderStatus.Created, OrderStatus.Paid);
      await this.webhooks.of(OrderWebhooks).orderPaid(order, { transaction: tx.connection });
      return order;
    });
  }

  async ship(id: string): Promise<OrderShippedDto> {
    return this.database.transaction(async (tx) => {
      const order = await this.advance(tx, id, OrderStatus.Paid, OrderStatus.Shipped);
      const trackingNumber = `TRK-${randomUUID().slice(0, 8)}`;
      const shipped = Object.assign(new OrderShippedDto(), order, { trackingNumber });
      await this.webhooks.of(OrderWebhooks).orderShipped(shipped, { transaction: tx.connection });
      return shipped;
    });
  }

  async list(): Promise<OrderDto[]> {
    return this.orders.list(this.database);
  }

  private async advance(
    tx: Transaction,
    id: string,
    from: OrderStatus,
    to: OrderStatus,
  ): Promise<OrderDto> {
    const advanced = await this.orders.advance(tx, id, from, to);
    if (advanced !== null) return advanced;
    const order = await this.orders.find(tx, id);
    if (order === null) throw new NotFoundException('No such order');
    throw new ConflictException(`The order is ${order.status}`);
  }
}

/** The same order everywhere, so that no two customers wait for each other. */
function bySku(a: { readonly sku: string }, b: { readonly sku: string }): number {
  return a.sku < b.sku ? -1 : 1;
}
