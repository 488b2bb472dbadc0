// An app of its own that sends what its parent asks for, and may be told where to die.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsString } from 'class-validator';
import {
  fixed,
  Webhook,
  WebhookHttpService,
  WebhooksModule,
  WebhookService,
} from 'nestjs-webhooks';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import pg from 'pg';
import { killAt } from './kill.points.mjs';

const { url, schema, name, kill, delays, options } = JSON.parse(process.argv[2]);

class OrderDto {}
IsString()(OrderDto.prototype, 'id');

class OrderWebhooks {
  orderPaid() {}
}
const { prototype } = OrderWebhooks;
Reflect.defineMetadata('design:paramtypes', [OrderDto], prototype, 'orderPaid');
const stub = Object.getOwnPropertyDescriptor(prototype, 'orderPaid');
Webhook('order.paid')(prototype, 'orderPaid', stub);

const pool = new pg.Pool({
  connectionString: url,
  application_name: name,
  connectionTimeoutMillis: 2_000,
});
const store = new PostgresWebhookStore(pool, { schema });

class AppModule {}
Module({
  imports: [
    WebhooksModule.forRoot({
      store,
      userAgent: name,
      egress: { allow: ['127.0.0.1/32'], http: true },
      retry: fixed(delays, 0),
      ...options,
    }),
  ],
  providers: [OrderWebhooks],
})(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, {
  logger: false,
  abortOnError: false,
});
app.enableShutdownHooks();
const webhooks = app.get(WebhookService);
if (kill !== null) killAt(kill, store, app.get(WebhookHttpService));

const commands = {
  send: ({ marker }) => webhooks.send('order.paid', { id: marker }),

  subscribe: ({ subscription }) => webhooks.subscribe(subscription),

  async transaction({ marker, end }) {
    const client = await pool.connect();
    await client.query('BEGIN');
    const sent = await webhooks.send('order.paid', { id: marker }, { transaction: client });
    await new Promise((resolve) => process.send({ note: sent }, resolve));
    await client.query(end === 'rollback' ? 'ROLLBACK' : 'COMMIT');
    if (end === 'die') process.kill(process.pid, 'SIGKILL');
    client.release();
    return sent;
  },
};

async function obey({ number, name: command, ...rest }) {
  try {
    const answer = await commands[command](rest);
    process.send({ number, answer: answer ?? null });
  } catch (error) {
    process.send({ number, error: error.message });
  }
}

process.on('message', (message) => void obey(message));
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.send({ ready: true });
