import { Type } from 'class-transformer';
import { IsDate, IsEnum, IsString } from 'class-validator';

/** What the shop sells by the month. */
export enum Plan {
  Basic = 'basic',
  Pro = 'pro',
}

/** A customer's subscription to a plan of the shop; not to be confused with a webhook subscription. */
export class PlanSubscriptionDto {
  /**
   * Id of the plan subscription.
   * @example 'ps_7f3a'
   */
  @IsString()
  id!: string;

  /**
   * Who subscribed.
   * @example 'cus_42'
   */
  @IsString()
  customerId!: string;

  /** The plan that was chosen. */
  @IsEnum(Plan)
  plan!: Plan;

  /** When it began. */
  @IsDate()
  @Type(() => Date)
  startedAt!: Date;
}
