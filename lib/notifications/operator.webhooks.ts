import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import type { WebhookNotificationName } from './webhook.notification.js';

/** Which notifications are also sent as webhooks, and to whom. */
export interface OperatorOptions {
  /** The tenant whose subscriptions get them, for all tenants. Nothing is sent about its own. */
  readonly tenant: string;
  /**
   * Which of them.
   * @default ['delivery.exhausted', 'subscription.disabled', 'subscription.recovered', 'secret.rotated']
   */
  readonly notifications?: readonly WebhookNotificationName[];
}

/** Sent as webhooks when the options name none. */
export const DEFAULT_OPERATOR_NOTIFICATIONS: readonly WebhookNotificationName[] = [
  'delivery.exhausted',
  'subscription.disabled',
  'subscription.recovered',
  'secret.rotated',
];

/** Every name there is. */
export const NOTIFICATION_NAMES: readonly WebhookNotificationName[] = [
  ...DEFAULT_OPERATOR_NOTIFICATIONS,
  'delivery.succeeded',
  'attempt.failed',
];

class OperatorWebhook {}

/** What a notification is sent as: the event type `webhook.` and its name. */
export function operatorDefinition(name: WebhookNotificationName): WebhookDefinition {
  return {
    type: `webhook.${name}`,
    method: 'post',
    host: OperatorWebhook,
    stub: name,
    body: { kind: 'described' },
  };
}
