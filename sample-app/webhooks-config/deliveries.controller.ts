import { Controller, Get, HttpCode, Param, Post, Query, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type Delivery,
  type DeliveryWithAttempts,
  type Page,
  WebhooksExceptionFilter,
  WebhookService,
} from 'nestjs-webhooks';
import { DeliveriesQueryDto } from './deliveries-query.dto.js';

/** The log that support reads. */
@ApiTags('Webhook configuration')
@Controller('webhooks/deliveries')
@UseFilters(WebhooksExceptionFilter)
export class DeliveriesController {
  constructor(private readonly webhooks: WebhookService) {}

  /** Shows deliveries, newest first. */
  @Get()
  list(@Query() query: DeliveriesQueryDto): Promise<Page<Delivery>> {
    return this.webhooks.deliveries.list(query);
  }

  /** Shows a delivery with its attempts. */
  @Get(':id')
  get(@Param('id') id: string): Promise<DeliveryWithAttempts> {
    return this.webhooks.deliveries.get(id);
  }

  /** Delivers again. */
  @Post(':id/redeliver')
  @HttpCode(202)
  redeliver(@Param('id') id: string): Promise<Delivery> {
    return this.webhooks.deliveries.redeliver(id);
  }
}
