import { Body, Type } from '@nestjs/common';
import {
  ApiBody,
  ApiExtension,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import type { WebhookMethod } from '../../../lib/store/webhook-method.js';
import { AcknowledgementDto, CategoryDto, LineDto, OrderDto, OrderKeyDto } from './rich.dto.js';

type Declare = (type: string, method: WebhookMethod) => MethodDecorator;

const ORDER_EXAMPLE = {
  summary: 'The smallest order',
  value: {
    id: 'ord_1',
    currency: 'EUR',
    lines: [],
    category: { name: 'books', parent: null },
    paidAt: '2025-01-01T00:00:00.000Z',
    payment: { kind: 'card', lastDigits: '4242' },
  },
};

/** A Standard Schema that can describe itself. */
export const REFUND = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) => ({ value }),
    jsonSchema: {
      input: () => ({ type: 'object', properties: { amount: { type: 'number' } } }),
      output: () => ({}),
    },
  },
};

/** One class for two readers: its methods are stubs, or routes, as `declare` makes them. */
export function richClass(declare: Declare): Type {
  class BaseWebhooks {
    /** Inherited by what follows. */
    @declare('category.changed', 'put')
    @ApiOperation({ summary: 'A category changed', deprecated: true })
    categoryChanged(@Body() _body: CategoryDto): void {}
  }

  @ApiTags('orders')
  @ApiHeader({ name: 'x-region', description: 'Where the order was placed', required: true })
  @ApiExtension('x-team', 'billing')
  @ApiExtraModels(LineDto)
  class RichWebhooks extends BaseWebhooks {
    @declare('order.paid', 'post')
    @ApiOperation({ summary: 'An order was paid', description: 'Sent once.', tags: ['payments'] })
    @ApiHeader({ name: 'x-trace', schema: { type: 'string', format: 'uuid' } })
    @ApiExtension('x-since', { version: 2 })
    @ApiBody({ type: OrderDto, description: 'The order', examples: { smallest: ORDER_EXAMPLE } })
    orderPaid(@Body() _body: OrderDto): void {}

    @declare('order.paid', 'patch')
    @ApiOperation({ summary: 'A paid order changed' })
    @ApiOkResponse({ type: AcknowledgementDto, description: 'Taken' })
    @ApiResponse({ status: 422, description: 'Not understood' })
    orderPatched(@Body() _body: OrderKeyDto): void {}

    @declare('orders.imported', 'post')
    @ApiOperation({ summary: 'Orders were imported' })
    @ApiBody({ type: [OrderKeyDto] })
    @ApiSecurity('apiKey')
    ordersImported(@Body() _body: OrderKeyDto[]): void {}

    @declare('order.refunded', 'post')
    @ApiOperation({ summary: 'An order was refunded' })
    orderRefunded(@Body({ schema: REFUND }) _body: unknown): void {}

    @declare('order.raw', 'post')
    @ApiOperation({ summary: 'Anything of an order' })
    @ApiBody({ schema: { type: 'object', additionalProperties: true }, required: true })
    orderRaw(@Body() _body: unknown): void {}

    @declare('cache.emptied', 'delete')
    @ApiOperation({ summary: 'Everything is to be read again' })
    cacheEmptied(): void {}
  }
  return RichWebhooks;
}
