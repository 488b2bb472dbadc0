import { INestApplication, Module, ModuleMetadata } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { WebhookMetadataAccessor } from '../../../lib/catalog/webhook-metadata.accessor.js';
import { WebhookCatalog } from '../../../lib/catalog/webhook.catalog.js';
import { WebhookExplorer } from '../../../lib/catalog/webhook.explorer.js';
import { WebhooksError } from '../../../lib/webhooks.error.js';

@Module({
  imports: [DiscoveryModule],
  providers: [WebhookMetadataAccessor, WebhookExplorer, WebhookCatalog],
  exports: [WebhookCatalog],
})
export class CatalogModule {}

const apps: INestApplication[] = [];

/** An app of one module, created but not initialised. */
export async function createApp(metadata: ModuleMetadata): Promise<INestApplication> {
  class AppModule {}
  Module({ ...metadata, imports: [CatalogModule, ...(metadata.imports ?? [])] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  apps.push(app);
  return app;
}

export async function createCatalog(metadata: ModuleMetadata): Promise<WebhookCatalog> {
  return (await createApp(metadata)).get(WebhookCatalog);
}

export async function closeApps(): Promise<void> {
  await Promise.all(apps.splice(0).map((app) => app.close()));
}

/** The error of this package that the call throws; fails for anything else. */
export function errorOf(call: () => unknown): WebhooksError {
  try {
    call();
  } catch (error) {
    if (error instanceof WebhooksError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
