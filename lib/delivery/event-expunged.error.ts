import { WebhooksError } from '../webhooks.error.js';

/** The payload of the event was removed, so that it cannot be sent any more. Nothing was changed. */
export class EventExpungedError extends WebhooksError {
  readonly code = 'WEBHOOKS_EVENT_EXPUNGED';

  constructor() {
    super('The payload of this event was removed for good. Send the event anew if it is needed.');
  }
}
