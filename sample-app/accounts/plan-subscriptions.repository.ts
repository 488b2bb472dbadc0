import { Injectable } from '@nestjs/common';
import type { Queryable } from '../database/database.js';
import type { Plan, PlanSubscriptionDto } from './plan-subscription.dto.js';

interface PlanSubscriptionRow {
  readonly id: string;
  readonly customer_id: string;
  readonly plan: Plan;
  readonly started_at: string;
}

/** The table of customers' plans. Each call is part of the transaction it is given. */
@Injectable()
export class PlanSubscriptionsRepository {
  async insert(tx: Queryable, subscription: PlanSubscriptionDto): Promise<void> {
    const { id, customerId, plan, startedAt } = subscription;
    await tx.query(
      'INSERT INTO shop_plan_subscriptions VALUES (?, ?, ?, ?)',
      id,
      customerId,
      plan,
      startedAt.toISOString(),
    );
  }

  /** Gives what was deleted, or null. */
  async delete(tx: Queryable, id: string): Promise<PlanSubscriptionDto | null> {
    const [row] = await tx.query<PlanSubscriptionRow>(
      'DELETE FROM shop_plan_subscriptions WHERE id = ? RETURNING *',
      id,
    );
    if (row === undefined) return null;
    const { customer_id: customerId, plan, started_at } = row;
    return { id, customerId, plan, startedAt: new Date(started_at) };
  }

  /** Gives how many were deleted. */
  async deleteOf(tx: Queryable, customerId: string): Promise<number> {
    const rows = await tx.query(
      'DELETE FROM shop_plan_subscriptions WHERE customer_id = ? RETURNING id',
      customerId,
    );
    return rows.length;
  }
}
