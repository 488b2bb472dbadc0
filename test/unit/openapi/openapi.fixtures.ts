import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { WebhookCatalog } from '../../../lib/catalog/webhook.catalog.js';
import type { WebhookDocumentOptions } from '../../../lib/openapi/documentation.options.js';
import type { DocumentedWire } from '../../../lib/openapi/documented.wire.js';
import { extendDocument } from '../../../lib/openapi/extend-document.js';
import { createApp } from '../catalog/catalog.fixtures.js';

export const BARE: DocumentedWire = {
  envelope: 'none',
  headerPrefix: 'webhook-',
  signatureHeaders: { 'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN=' },
};

export const ENVELOPED: DocumentedWire = { ...BARE, envelope: 'standard' };

export function configuration(version = '3.1.0'): DocumentBuilder {
  return new DocumentBuilder()
    .setTitle('Shop')
    .setDescription('Sells things')
    .setVersion('1')
    .setContact('Shop', 'https://shop.example', 'api@shop.example')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('https://api.shop.example')
    .addTag('orders', 'About orders')
    .addTag('payments', 'About payments')
    .addApiKey({ type: 'apiKey', name: 'x-key', in: 'header' }, 'apiKey')
    .setOpenAPIVersion(version);
}

export function extend(
  app: INestApplication,
  wire = BARE,
  document = SwaggerModule.createDocument(app, configuration().build()),
  options?: WebhookDocumentOptions,
): OpenAPIObject {
  return extendDocument(document, app.get(WebhookCatalog), wire, options);
}

export async function documentOf(metadata: ModuleMetadata, wire = BARE): Promise<OpenAPIObject> {
  return extend(await createApp(metadata), wire);
}
