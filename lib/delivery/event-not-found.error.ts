import { WebhooksError } from '../webhooks.error.js';

/** The tenant has no event with this id. */
export class EventNotFoundError extends WebhooksError {
  readonly code = 'WEBHOOKS_EVENT_NOT_FOUND';

  constructor() {
    super('There is no such event. Take the id from what `send` answered, in the same tenant.');
  }
}
