import { WebhooksError } from '../webhooks.error.js';
import { RESERVED_PREFIX } from './event-type.js';
import { quote } from './quote.js';

/** A declared event type begins with `webhook.`, which this package keeps for its own. */
export class ReservedEventTypeError extends WebhooksError {
  readonly code = 'WEBHOOKS_RESERVED_EVENT_TYPE';

  constructor(place: string, type: string) {
    super(
      `${place} declares the event type ${quote(type)}, but names beginning with ` +
        `"${RESERVED_PREFIX}" are reserved; give it another name.`,
    );
  }
}
