// An app that sends to all receivers in turn, at a steady rate whatever becomes of the requests. The time
// of an event is the one it should have been sent at, so that delays of the sender count too.
import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Allow } from 'class-validator';
import { InMemoryWebhookStore, Webhook, WebhooksModule, WebhookService } from 'nestjs-webhooks';

const { ports, hangs, backlogged, backlog, rate, seconds } = JSON.parse(process.argv[2]);
const WARM_UP = 2;
const TIME_TO_ARRIVE = 1_000;

class TickDto {}
Allow()(TickDto.prototype, 'dueAt');
Allow()(TickDto.prototype, 'measured');

class BenchWebhooks {
  tick() {}
}
Reflect.defineMetadata('design:paramtypes', [TickDto], BenchWebhooks.prototype, 'tick');
const stub = Object.getOwnPropertyDescriptor(BenchWebhooks.prototype, 'tick');
Webhook('bench.tick')(BenchWebhooks.prototype, 'tick', stub);

class AppModule {}
Module({
  imports: [
    WebhooksModule.forRoot({
      store: new InMemoryWebhookStore({ keepEnded: backlog + 10_000 }),
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

// Events that nobody is subscribed to yet, to be replayed: those wait behind first tries, as retries do.
for (let sent = 0; sent < backlog; sent++) {
  const tenant = tenantOf(backlogged[sent % backlogged.length]);
  await webhooks.send('bench.tick', { dueAt: 0 }, { tenant });
}
const subscriptions = [];
for (const [index, port] of ports.entries()) {
  const subscription = { url: `http://127.0.0.1:${port}/`, eventTypes: ['bench.tick'] };
  subscriptions.push(await webhooks.subscribe(subscription, { tenant: tenantOf(index) }));
}

let offered = 0;
async function offer(duration, measured) {
  const start = now();
  let number = 0;
  for (;;) {
    const due = Math.min((now() - start) / 1_000, duration);
    while (number / rate < due) {
      const index = number % ports.length;
      const dueAt = start + (number / rate) * 1_000;
      const healthy = measured && !hangs[index];
      if (healthy) offered++;
      const payload = { dueAt, ...(healthy && { measured: { number } }) };
      await webhooks.send('bench.tick', payload, { tenant: tenantOf(index) });
      number++;
    }
    if (due === duration) return;
    await setTimeout(1);
  }
}

const since = new Date(0);
for (const index of backlogged) {
  const subscriptionId = subscriptions[index].id;
  await webhooks.deliveries.replay({ subscriptionId, since, tenant: tenantOf(index) });
}
// What it cost to pile up the backlog must not count.
await offer(WARM_UP, false);
const before = process.cpuUsage();
await offer(seconds, true);
const { user, system } = process.cpuUsage(before);
await setTimeout(TIME_TO_ARRIVE);
process.send({ offered, cpu: (user + system) / 1e6 });
