import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';

/** A line of an order. */
export class OrderItemDto {
  /**
   * What is bought.
   * @example 'tea-assam-250'
   */
  @IsString()
  @MaxLength(64)
  sku!: string;

  /** How many of it. */
  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(100)
  quantity!: number;

  /**
   * Price of one, in cents.
   * @example 1250
   */
  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(0)
  @Max(100_000)
  price!: number;
}
