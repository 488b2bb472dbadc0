import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
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

  /** One to a hundred lines. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => OrderItemDto)
  items!: OrderItemDto[];
}
