import 'reflect-metadata';
import type { WebhookNotificationName, WebhookNotifications } from './webhook.notification.js';

/** Key of the metadata that `@OnWebhookNotification` stores on a method: the name. */
export const NOTIFICATION_METADATA = 'nestjs-webhooks:notification';

/**
 * Makes a method of a provider hear of a notification. It is called after the fact, outside of the
 * delivery: what it throws, or its promise rejects with, is logged and changes nothing.
 *
 * @example
 * @OnWebhookNotification('subscription.disabled')
 * tellCustomer({ tenant, reason }: WebhookNotifications['subscription.disabled']): void {}
 */
export function OnWebhookNotification<N extends WebhookNotificationName>(name: N) {
  return <F extends (notification: WebhookNotifications[N]) => unknown>(
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): void => {
    Reflect.defineMetadata(NOTIFICATION_METADATA, name, descriptor.value!);
  };
}
