// An application that sends with the package as users do.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiBody } from '@nestjs/swagger';
import { IsInt, IsNumber, IsString } from 'class-validator';
import { Webhook, WebhooksModule, WebhookService } from 'nestjs-webhooks';
import { EVENT_TYPE, SECRET } from './event.mjs';

export const VALIDATED_EVENT_TYPE = 'order.validated';
const AT_ONCE = 100;

class OrderDto {}
IsString()(OrderDto.prototype, 'id');
IsNumber()(OrderDto.prototype, 'sentAt');
IsInt()(OrderDto.prototype, 'total');
IsString()(OrderDto.prototype, 'note');

class OrderWebhooks {
  paid() {}
  validated() {}
}

function declare(name, eventType, ...decorators) {
  const stub = Object.getOwnPropertyDescriptor(OrderWebhooks.prototype, name);
  for (const decorate of [Webhook(eventType), ...decorators]) {
    decorate(OrderWebhooks.prototype, name, stub);
  }
}
// No other contestant validates what it sends, so this one does not either.
declare('paid', EVENT_TYPE, ApiBody({ schema: { type: 'object' } }));
Reflect.defineMetadata('design:paramtypes', [OrderDto], OrderWebhooks.prototype, 'validated');
declare('validated', VALIDATED_EVENT_TYPE);

export async function startApp(options) {
  class AppModule {}
  Module({
    imports: [
      WebhooksModule.forRoot({ egress: { allow: ['127.0.0.1/32'], http: true }, ...options }),
    ],
    providers: [OrderWebhooks],
  })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  return { app, webhooks: app.get(WebhookService) };
}

/**
 * A contestant: a subscription for each address. Each is of a tenant of its own, and the events go to
 * these in turn; or all are of one, so that each event goes to all.
 */
export async function startSender(options, { urls, fanOut = false }) {
  const { app, webhooks } = await startApp({ subscriptionsPerTenant: urls.length, ...options });
  const tenantOf = (number) => (fanOut ? 'all' : `t${number % urls.length}`);
  await subscribe(webhooks, urls, tenantOf);
  return {
    async send(number, payload) {
      await webhooks.send(EVENT_TYPE, payload, { tenant: tenantOf(number) });
    },
    close: () => app.close(),
  };
}

/** @returns the ids of the subscriptions, in order of the addresses */
export async function subscribe(webhooks, urls, tenantOf) {
  const eventTypes = [EVENT_TYPE, VALIDATED_EVENT_TYPE];
  const ids = [];
  for (let first = 0; first < urls.length; first += AT_ONCE) {
    const created = urls.slice(first, first + AT_ONCE).map((url, index) => {
      const tenant = tenantOf(first + index);
      return webhooks.subscribe({ url, eventTypes, secret: SECRET }, { tenant });
    });
    for (const { id } of await Promise.all(created)) ids.push(id);
  }
  return ids;
}
