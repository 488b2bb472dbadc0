import { IsIn, IsOptional, IsString } from 'class-validator';
import type { DeliveryStatus } from 'nestjs-webhooks';

const STATUSES: readonly DeliveryStatus[] = ['pending', 'succeeded', 'exhausted', 'cancelled'];

/** Which deliveries to show: all, or those of one kind. */
export class DeliveriesQueryDto {
  /** Only those for this webhook subscription. */
  @IsOptional()
  @IsString()
  subscriptionId?: string;

  /** Only those of this event type. */
  @IsOptional()
  @IsString()
  eventType?: string;

  /** Only those in this status. */
  @IsOptional()
  @IsIn(STATUSES)
  status?: DeliveryStatus;

  /** `next` of the page before. */
  @IsOptional()
  @IsString()
  cursor?: string;
}
