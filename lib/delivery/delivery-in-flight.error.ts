import { WebhooksError } from '../webhooks.error.js';

/** A delivery cannot be redelivered while a request of it is under way. Nothing was changed. */
export class DeliveryInFlightError extends WebhooksError {
  readonly code = 'WEBHOOKS_DELIVERY_IN_FLIGHT';

  constructor() {
    super(
      'A request of this delivery is under way. Wait for its result, then redeliver if need be.',
    );
  }
}
