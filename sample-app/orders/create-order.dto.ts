import { Type } from 'class-transformer';
import { ArrayNotEmpty, IsArray, IsString, MaxLength, ValidateNested } from 'class-validator';
import { OrderItemDto } from './order-item.dto.js';

/** What a customer wants to buy. */
export class CreateOrderDto {
  /**
   * Who buys.
   * @example 'cus_42'
   */
  @IsString()
  @MaxLength(64)
  customerId!: string;

  /** At least one line. */
  @IsArray()
  @ArrayNotEmpty()
  @ValidateNested({ each: true })
  @Type(() => OrderItemDto)
  items!: OrderItemDto[];
}
