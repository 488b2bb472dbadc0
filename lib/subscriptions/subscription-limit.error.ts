import { WebhooksError } from '../webhooks.error.js';

/** The tenant has as many subscriptions as it may have. Nothing was created. */
export class SubscriptionLimitError extends WebhooksError {
  readonly code = 'WEBHOOKS_SUBSCRIPTION_LIMIT';

  constructor(readonly limit: number) {
    super(
      `The tenant has ${limit} subscriptions, which is the limit. ` +
        'Delete one that is no longer needed, or raise `subscriptionsPerTenant`.',
    );
  }
}
