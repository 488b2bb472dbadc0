import { WebhooksError } from '../webhooks.error.js';

/** The tenant has no delivery with this id. */
export class DeliveryNotFoundError extends WebhooksError {
  readonly code = 'WEBHOOKS_DELIVERY_NOT_FOUND';

  constructor() {
    super('There is no such delivery. Take the id from `deliveries.list()` of the same tenant.');
  }
}
