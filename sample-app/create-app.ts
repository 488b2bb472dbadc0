import { type INestApplication, type NestApplicationOptions, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { WebhooksModule } from 'nestjs-webhooks';
import { AppModule } from './app.module.js';
import { ReceiverService } from './receiver/receiver.service.js';

/** The shop, not listening yet. */
export async function createApp(options?: NestApplicationOptions): Promise<INestApplication> {
  // The receiver verifies the bytes as they came in, hence `rawBody`.
  const app = await NestFactory.create(AppModule, { ...options, rawBody: true });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  // Lets a request in flight end, and what came of it be recorded, before the process exits with 0.
  app.enableShutdownHooks([], { useProcessExit: true });

  const config = new DocumentBuilder()
    .setTitle('Shop')
    .setDescription('An example of nestjs-webhooks.')
    .setOpenAPIVersion('3.1.0')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  SwaggerModule.setup('docs', app, WebhooksModule.extendDocument(app, document));
  return app;
}

/**
 * The shop, listening, its own receiver subscribed: on this machine only unless `HOST` says otherwise.
 * Several on one database can share one receiver: `RECEIVER_URL` says where it is.
 *
 * @param port 0 for a free one
 */
export async function startApp(
  port: number,
  options?: NestApplicationOptions,
): Promise<INestApplication> {
  const app = await createApp(options);
  await app.listen(port, process.env.HOST || '127.0.0.1');
  const receiverUrl = process.env.RECEIVER_URL || `${await app.getUrl()}/receiver`;
  await app.get(ReceiverService).subscribe(receiverUrl);
  return app;
}
