import {
  OnWebhookNotification,
  Webhook,
  WebhookFilter,
  type FilterQuestion,
  type WebhookNotifications,
} from 'nestjs-webhooks';

/** What compiles with the decorators, and what must not. Never run: the compiler is the test. */
export class Hooks {
  @OnWebhookNotification('subscription.disabled')
  disabled({ reason }: WebhookNotifications['subscription.disabled']): void {
    reason satisfies string;
  }

  @OnWebhookNotification('secret.rotated')
  async rotated(): Promise<void> {}

  // @ts-expect-error the notification is another one
  @OnWebhookNotification('secret.rotated')
  wrong(_notification: WebhookNotifications['delivery.succeeded']): void {}

  // @ts-expect-error there is no such notification
  @OnWebhookNotification('secret.lost')
  unknown(): void {}

  @WebhookFilter('order.*')
  admits({ payload, subscription }: FilterQuestion): boolean {
    return payload !== undefined && subscription.tenant === 'a';
  }

  // @ts-expect-error a filter cannot wait
  @WebhookFilter()
  async waits(): Promise<boolean> {
    return true;
  }

  @Webhook('order.paid', 'put')
  put(_body: object): void {}

  // @ts-expect-error webhooks are not sent with this method
  @Webhook('order.read', 'get')
  get(): void {}
}
