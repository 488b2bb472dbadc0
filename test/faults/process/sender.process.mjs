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
import { commandsOf } from './commands.mjs';
import { openEngine } from './engines.mjs';
import { killAt } from './kill.points.mjs';
import { openStore } from './stores.mjs';
import { setClockWrong } from './wrong.clock.mjs';

const { database, queue, name, kill, wrongBy, delays, options } = JSON.parse(process.argv[2]);
if (wrongBy !== 0) setClockWrong(wrongBy);

class OrderDto {}
IsString()(OrderDto.prototype, 'id');

class OrderWebhooks {
  orderPaid() {}
}
const { prototype } = OrderWebhooks;
Reflect.defineMetadata('design:paramtypes', [OrderDto], prototype, 'orderPaid');
const stub = Object.getOwnPropertyDescriptor(prototype, 'orderPaid');
Webhook('order.paid')(prototype, 'orderPaid', stub);

const { store, pool } = openStore(database, name);

class AppModule {}
Module({
  imports: [
    WebhooksModule.forRoot({
      store,
      engine: openEngine(queue),
      userAgent: name,
      egress: { allow: ['127.0.0.1/32'], http: true },
      retry: fixed(delays, 0),
      ...options,
    }),
  ],
  providers: [OrderWebhooks],
})(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, {
  logger: process.env.WEBHOOKS_FAULTS_LOG === undefined ? false : ['error', 'warn'],
  abortOnError: false,
});
app.enableShutdownHooks([], { useProcessExit: true });
const webhooks = app.get(WebhookService);
if (kill !== null) killAt(kill, store, app.get(WebhookHttpService));

const commands = commandsOf({ webhooks, pool });

async function obey({ number, name: command, ...rest }) {
  try {
    const answer = await commands[command](rest);
    process.send({ number, answer: answer ?? null });
  } catch (error) {
    const { message, code, sqlState } = error;
    process.send({ number, error: { message, code, sqlState } });
  }
}

process.on('message', (message) => void obey(message));
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.send({ ready: true });
