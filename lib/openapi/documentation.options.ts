import type { SwaggerDocumentOptions } from '@nestjs/swagger';

/**
 * The options of `SwaggerModule.createDocument()` that matter for webhooks too. Give the same ones,
 * so that one class has one schema.
 */
export type WebhookDocumentOptions = Pick<
  SwaggerDocumentOptions,
  | 'excludeDynamicDefaults'
  | 'exampleMaxDepth'
  | 'linkNameFactory'
  | 'operationIdFactory'
  | 'standardSchemaConverter'
>;
