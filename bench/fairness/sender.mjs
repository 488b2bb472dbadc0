// An app that sends its part of the events at a steady rate, whatever becomes of the requests. The time of
// an event is the one it should have been sent at, so that delays of the sender count too.
import 'reflect-metadata';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Allow } from 'class-validator';
import { InMemoryWebhookStore, Webhook, WebhooksModule, WebhookService } from 'nestjs-webhooks';
import { openPostgres } from '../support/stores.mjs';

const order = JSON.parse(process.argv[2]);
const { ports, hangs, backlogged, backlog, rate, seconds, share, replica, replicas } = order;
const WARM_UP = 2;
const TIME_TO_ARRIVE = 1_000;
const AT_ONCE = 64;

class TickDto {}
Allow()(TickDto.prototype, 'dueAt');
Allow()(TickDto.prototype, 'measured');

class BenchWebhooks {
  tick() {}
}
Reflect.defineMetadata('design:paramtypes', [TickDto], BenchWebhooks.prototype, 'tick');
const stub = Object.getOwnPropertyDescriptor(BenchWebhooks.prototype, 'tick');
Webhook('bench.tick')(BenchWebhooks.prototype, 'tick', stub);

function openStore({ postgres }) {
  if (postgres === undefined) return new InMemoryWebhookStore({ keepEnded: backlog + 10_000 });
  return openPostgres({ servers: { postgres }, scratch: { name: postgres.schema } });
}

class AppModule {}
Module({
  imports: [
    WebhooksModule.forRoot({
      store: openStore(order),
      egress: { allow: ['127.0.0.1/32'], http: true },
      timeout: 10_000,
      attemptLog: 'none',
    }),
  ],
  providers: [BenchWebhooks],
})(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
const webhooks = app.get(WebhookService);
const now = () => performance.timeOrigin + performance.now();
const tenantOf = (index) => `t${index}`;

const subscriptions = [];

/** Events that nobody is subscribed to yet, to be replayed: those wait behind first tries, as retries do. */
async function prepare() {
  for (let sent = 0; sent < backlog; sent += AT_ONCE) {
    const calls = Array.from({ length: Math.min(AT_ONCE, backlog - sent) }, (_, index) => {
      const tenant = tenantOf(backlogged[(sent + index) % backlogged.length]);
      return webhooks.send('bench.tick', { dueAt: 0 }, { tenant });
    });
    await Promise.all(calls);
  }
  for (const [index, port] of ports.entries()) {
    const subscription = { url: `http://127.0.0.1:${port}/`, eventTypes: ['bench.tick'] };
    subscriptions.push(await webhooks.subscribe(subscription, { tenant: tenantOf(index) }));
  }
}

async function replay() {
  const since = new Date(0);
  for (const index of backlogged) {
    const subscriptionId = subscriptions[index].id;
    await webhooks.deliveries.replay({ subscriptionId, since, tenant: tenantOf(index) });
  }
}

const indexesOf = (hung) => ports.map((_, index) => index).filter((index) => hangs[index] === hung);
const [hanging, healthy] = [indexesOf(true), indexesOf(false)];

/** The receiver of an event: all in turn, or with a share of the events for those that hang. */
function receiverOf(number) {
  if (share === undefined) return number % ports.length;
  const before = Math.floor(number * share);
  const some = Math.floor((number + 1) * share) > before;
  return some ? hanging[before % hanging.length] : healthy[(number - before) % healthy.length];
}

let offered = 0;
async function offer(duration, measured) {
  const start = now();
  let number = replica;
  for (;;) {
    const due = Math.min((now() - start) / 1_000, duration);
    while (number / rate < due) {
      const index = receiverOf(number);
      const dueAt = start + (number / rate) * 1_000;
      const counts = measured && !hangs[index];
      if (counts) offered++;
      const payload = { dueAt, ...(counts && { measured: { number } }) };
      await webhooks.send('bench.tick', payload, { tenant: tenantOf(index) });
      number += replicas;
    }
    if (due === duration) return;
    await setTimeout(1);
  }
}

if (replica === 0) {
  await prepare();
  await replay();
}
process.send('ready');
await once(process, 'message');
// What it cost to pile up the backlog must not count.
await offer(WARM_UP, false);
const before = process.cpuUsage();
await offer(seconds, true);
const { user, system } = process.cpuUsage(before);
await setTimeout(TIME_TO_ARRIVE);
process.send({ offered, cpu: (user + system) / 1e6 });
