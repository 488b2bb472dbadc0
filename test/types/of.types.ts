import type { WebhookService } from 'nestjs-webhooks';
import { ShopWebhooks } from '../e2e/fixtures/shop.js';

/** What compiles with `of`, and what must not. Never run: the compiler is the test. */
export async function senders(webhooks: WebhookService): Promise<void> {
  const shop = webhooks.of(ShopWebhooks);
  await shop.orderPaid({ id: 'o_1', total: 42 });
  await shop.orderPaid({ id: 'o_1', total: 42, customer: { email: 'a@example.com' } });
  await shop.orderPaid({ id: 'o_1', total: 42 }, { tenant: 'a', idempotencyKey: 'k' });
  await shop.userDeleted({ userId: 'u_1' });
  await shop.shopClosed();
  await shop.shopClosed(undefined, { tenant: 'a' });
  const { eventId, deliveries } = await shop.orderPaid({ id: 'o_1', total: 42 });
  eventId satisfies string;
  deliveries satisfies number;

  // @ts-expect-error a body is required
  await shop.orderPaid();
  // @ts-expect-error a field is missing
  await shop.orderPaid({ id: 'o_1' });
  // @ts-expect-error a field has the wrong type
  await shop.orderPaid({ id: 'o_1', total: '42' });
  // @ts-expect-error a field is unknown
  await shop.orderPaid({ id: 'o_1', total: 42, password: 'x' });
  // @ts-expect-error the body of another stub
  await shop.orderPaid({ userId: 'u_1' });
  // @ts-expect-error there is no such stub
  await shop.orderPayed({ id: 'o_1', total: 42 });
  // @ts-expect-error the stub declares no body
  await shop.shopClosed({ id: 'o_1' });
  // @ts-expect-error there is no such option
  await shop.orderPaid({ id: 'o_1', total: 42 }, { tenants: 'a' });
  // @ts-expect-error an instance is no class
  webhooks.of(new ShopWebhooks());
}
