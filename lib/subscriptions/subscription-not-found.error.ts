import { WebhooksError } from '../webhooks.error.js';

/** The tenant has no subscription with this id. */
export class SubscriptionNotFoundError extends WebhooksError {
  readonly code = 'WEBHOOKS_SUBSCRIPTION_NOT_FOUND';

  constructor() {
    super(
      'There is no such subscription. Take the id from `subscriptions.list()` of the same tenant.',
    );
  }
}
