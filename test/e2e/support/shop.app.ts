import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { WebhooksModule, WebhooksModuleOptions, WebhookService } from 'nestjs-webhooks';
import { ShopModule } from '../fixtures/shop.js';

/** Opens the way to receivers on this machine. */
export const LOOPBACK = { allow: ['127.0.0.1/32'], http: true } as const;

/** A started app with the shop's webhooks. */
export interface ShopApp {
  readonly app: INestApplication;
  readonly webhooks: WebhookService;
}

export async function startShop(options: WebhooksModuleOptions = {}): Promise<ShopApp> {
  const module = await Test.createTestingModule({
    imports: [ShopModule, WebhooksModule.forRoot({ egress: LOOPBACK, ...options })],
  }).compile();
  const app = module.createNestApplication();
  await app.init();
  return { app, webhooks: app.get(WebhookService) };
}

// Often enough not to be noticed, seldom enough to leave the processor to what is waited for.
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

/** Waits, in real time, until the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause();
}

/** The only delivery of an event. */
export async function deliveryOf(webhooks: WebhookService, eventId: string): Promise<string> {
  const { items } = await webhooks.deliveries.list({ eventId });
  if (items.length !== 1) throw new Error(`expected one delivery, found ${items.length}`);
  return items[0]!.id;
}
