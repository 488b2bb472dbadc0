import { WebhooksError } from '../webhooks.error.js';

/** A subscription is not enabled before its receiver has answered a challenge. Nothing was changed. */
export class SubscriptionUnverifiedError extends WebhooksError {
  readonly code = 'WEBHOOKS_SUBSCRIPTION_UNVERIFIED';

  constructor() {
    super(
      'The receiver of the subscription has not answered a challenge yet. Call `subscriptions.verify()`: it enables the subscription when it does.',
    );
  }
}
