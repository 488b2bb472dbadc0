import { ConflictException, Injectable } from '@nestjs/common';
import type { Queryable } from '../database/database.js';
import type { OrderItemDto } from './order-item.dto.js';
import type { OrderDto, OrderStatus } from './order.dto.js';

interface OrderRow {
  readonly id: string;
  readonly customer_id: string;
  readonly items: string;
  readonly total: number;
  readonly status: OrderStatus;
}

const MOST_SHOWN = 100;

/** The tables of orders and of what is in stock. Each call is part of the transaction it is given. */
@Injectable()
export class OrdersRepository {
  /** The latest orders, newest first. */
  async list(database: Queryable): Promise<OrderDto[]> {
    const rows = await database.query<OrderRow>(
      'SELECT * FROM shop_orders ORDER BY created_at DESC LIMIT ?',
      MOST_SHOWN,
    );
    return rows.map(toOrder);
  }

  async find(tx: Queryable, id: string): Promise<OrderDto | null> {
    const [row] = await tx.query<OrderRow>('SELECT * FROM shop_orders WHERE id = ?', id);
    return row === undefined ? null : toOrder(row);
  }

  async insert(tx: Queryable, order: OrderDto): Promise<void> {
    const { id, customerId, items, total, status } = order;
    await tx.query(
      'INSERT INTO shop_orders VALUES (?, ?, ?, ?, ?, ?)',
      id,
      customerId,
      JSON.stringify(items),
      total,
      status,
      new Date().toISOString(),
    );
  }

  /** The order in its new status, or null when there is none in the status `from`. */
  async advance(
    tx: Queryable,
    id: string,
    from: OrderStatus,
    to: OrderStatus,
  ): Promise<OrderDto | null> {
    const [row] = await tx.query<OrderRow>(
      'UPDATE shop_orders SET status = ? WHERE id = ? AND status = ? RETURNING *',
      to,
      id,
      from,
    );
    return row === undefined ? null : toOrder(row);
  }

  /** @throws ConflictException when there is not enough: then the transaction has to be rolled back */
  async takeFromStock(tx: Queryable, { sku, quantity }: OrderItemDto): Promise<void> {
    const [stock] = await tx.query<{ readonly available: number }>(
      'UPDATE shop_stock SET available = available - ? WHERE sku = ? RETURNING available',
      quantity,
      sku,
    );
    // Of what is not in the table there is always enough.
    if (stock !== undefined && stock.available < 0) {
      throw new ConflictException(`There is not enough of ${sku} left`);
    }
  }
}

function toOrder({ id, customer_id, items, total, status }: OrderRow): OrderDto {
  return { id, customerId: customer_id, items: JSON.parse(items), total, status };
}
