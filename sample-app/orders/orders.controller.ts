import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CreateOrderDto } from './create-order.dto.js';
import { OrderShippedDto } from './order-shipped.dto.js';
import { OrderDto } from './order.dto.js';
import { OrdersService } from './orders.service.js';

@ApiTags('Orders')
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /** Shows the latest orders, newest first. */
  @Get()
  list(): Promise<OrderDto[]> {
    return this.orders.list();
  }

  /** Places an order. There are ten pieces of `teapot`, and enough of everything else. */
  @Post()
  create(@Body() body: CreateOrderDto): Promise<OrderDto> {
    return this.orders.create(body);
  }

  /** Pays an order. */
  @Post(':id/pay')
  pay(@Param('id') id: string): Promise<OrderDto> {
    return this.orders.pay(id);
  }

  /** Ships a paid order. */
  @Post(':id/ship')
  ship(@Param('id') id: string): Promise<OrderShippedDto> {
    return this.orders.ship(id);
  }
}
