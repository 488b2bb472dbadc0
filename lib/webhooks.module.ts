import { DynamicModule, INestApplicationContext, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { WebhookCatalog } from './catalog/webhook.catalog.js';
import type { WebhookDocumentOptions } from './openapi/documentation.options.js';
import { extendDocument } from './openapi/extend-document.js';
import { RESOLVED_OPTIONS, ResolvedOptions } from './resolved.options.js';
import { exampleSignature } from './signing/signature.example.js';
import { ConfigurableModuleClass, OPTIONS_TYPE } from './webhooks.module-definition.js';
import { EXPORTED_PROVIDERS, WEBHOOKS_PROVIDERS } from './webhooks.providers.js';

/**
 * Outgoing webhooks: import `WebhooksModule.forRoot()` once, in the root module.
 *
 * It is global: `WebhookService` can then be injected everywhere.
 */
@Module({
  imports: [DiscoveryModule],
  providers: WEBHOOKS_PROVIDERS,
  exports: [...EXPORTED_PROVIDERS],
})
export class WebhooksModule extends ConfigurableModuleClass {
  /**
   * Configures the module. Without options it keeps everything in memory and delivers in this process.
   * @throws InvalidArgumentError, InvalidEgressOptionError or InvalidSignatureOptionError at start,
   * for an option that cannot be used
   */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * A copy of an OpenAPI 3.1 document with the app's declared webhooks in it, as they are really sent.
   * May be called before `app.init()`.
   *
   * @example
   * const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
   * const document = WebhooksModule.extendDocument(app, SwaggerModule.createDocument(app, config));
   * SwaggerModule.setup('docs', app, document);
   *
   * @param options those that were given to `createDocument`, if any
   * @throws OpenApiVersionError when the document is not OpenAPI 3.1
   * @throws WebhookClashError when the document has one of the webhooks already
   * @throws SchemaNameConflictError when two different DTO classes have one schema name
   * @throws WebhooksError for a wrong declaration: see the error's `code`
   */
  static extendDocument(
    app: INestApplicationContext,
    document: OpenAPIObject,
    options?: WebhookDocumentOptions,
  ): OpenAPIObject {
    const { envelope, headerPrefix, signatures } = app.get<ResolvedOptions>(RESOLVED_OPTIONS, {
      strict: false,
    });
    const signatureHeaders = exampleSignature(signatures, headerPrefix);
    const wire = { envelope, headerPrefix, signatureHeaders };
    return extendDocument(document, app.get(WebhookCatalog, { strict: false }), wire, options);
  }
}
