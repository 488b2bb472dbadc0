import { WebhooksError } from '../webhooks.error.js';
import { EVENT_TYPE_RULE } from './event-type.js';
import { quote } from './quote.js';

/** A name is not a well-formed event type, or a subscription's pattern is not one. */
export class InvalidEventTypeError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_EVENT_TYPE';

  /** The error for a declaration, naming its place. */
  static declaredBy(place: string, type: unknown): InvalidEventTypeError {
    return new InvalidEventTypeError(
      `${place} declares the event type ${quote(type)}, which is not valid; ` +
        `name it with ${EVENT_TYPE_RULE}.`,
    );
  }

  /** The error for a name asked for at run time. */
  static asked(type: unknown): InvalidEventTypeError {
    return new InvalidEventTypeError(
      `${quote(type)} is not a valid event type; use ${EVENT_TYPE_RULE}.`,
    );
  }

  /** The error for the pattern of a subscription. */
  static pattern(pattern: unknown): InvalidEventTypeError {
    return new InvalidEventTypeError(
      `${quote(pattern)} is not a valid pattern of event types; use an event type, ` +
        `a prefix such as "order.*", or "*".`,
    );
  }
}
