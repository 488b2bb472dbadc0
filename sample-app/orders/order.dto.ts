import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsEnum, IsInt, IsString, Min, ValidateNested } from 'class-validator';
import { OrderItemDto } from './order-item.dto.js';

/** How far an order has come. */
export enum OrderStatus {
  Created = 'created',
  Paid = 'paid',
  Shipped = 'shipped',
}

/** An order. */
export class OrderDto {
  /**
   * Id of the order.
   * @example 'ord_9c41'
   */
  @IsString()
  id!: string;

  /**
   * Who bought.
   * @example 'cus_42'
   */
  @IsString()
  customerId!: string;

  /** What was bought. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => OrderItemDto)
  items!: OrderItemDto[];

  /**
   * The price of everything, in cents.
   * @example 2500
   */
  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(0)
  total!: number;

  /** How far it has come. */
  @IsEnum(OrderStatus)
  status!: OrderStatus;
}
