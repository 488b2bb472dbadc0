import { IsString } from 'class-validator';
import { OrderDto } from './order.dto.js';

/** An order that is on its way. */
export class OrderShippedDto extends OrderDto {
  /**
   * The carrier's number of the parcel.
   * @example 'TRK-000123'
   */
  @IsString()
  trackingNumber!: string;
}
