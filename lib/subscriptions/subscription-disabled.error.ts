import { WebhooksError } from '../webhooks.error.js';

/** A disabled subscription gets no requests. Nothing was accepted. */
export class SubscriptionDisabledError extends WebhooksError {
  readonly code = 'WEBHOOKS_SUBSCRIPTION_DISABLED';

  constructor() {
    super(
      'The subscription is disabled or deleted. Call `subscriptions.enable()` first, or `verify()` where it is unverified.',
    );
  }
}
