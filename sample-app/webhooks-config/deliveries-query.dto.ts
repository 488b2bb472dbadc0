import { IsOptional, IsString } from 'class-validator';

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

  /** `next` of the page before. */
  @IsOptional()
  @IsString()
  cursor?: string;
}
