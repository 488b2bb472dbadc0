import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { EventTypeInfo, WebhooksModule, WebhooksModuleOptions } from 'nestjs-webhooks';
import { InvoiceModule } from '../fixtures/invoices.js';
import { LOOPBACK } from '../support/shop.app.js';

/** An app of the invoice webhooks and these providers, whose start is still to come. */
export async function createInvoiceApp(
  options: WebhooksModuleOptions,
  ...providers: readonly Type[]
) {
  const module = await Test.createTestingModule({
    imports: [InvoiceModule, WebhooksModule.forRoot({ egress: LOOPBACK, ...options })],
    providers: [...providers],
  }).compile();
  return module.createNestApplication();
}

/** Whether a received body is one that `events()` describes. */
export function accepts({ schema }: EventTypeInfo, body: Buffer): boolean {
  if (schema === null) return body.length === 0;
  const ajv = new Ajv2020({ strict: true });
  formats.default(ajv);
  return ajv.compile(schema)(JSON.parse(body.toString()));
}
