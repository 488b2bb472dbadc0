import { IsEnum, IsString, MaxLength } from 'class-validator';
import { Plan } from './plan-subscription.dto.js';

/** A customer's order of a plan. */
export class SubscribeDto {
  /**
   * Who subscribes.
   * @example 'cus_42'
   */
  @IsString()
  @MaxLength(64)
  customerId!: string;

  /** The plan wanted. */
  @IsEnum(Plan)
  plan!: Plan;
}
