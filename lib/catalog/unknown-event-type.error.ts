import { WebhooksError } from '../webhooks.error.js';
import { quote } from './quote.js';

/** An event type is asked for that no stub of this app declares. */
export class UnknownEventTypeError extends WebhooksError {
  readonly code = 'WEBHOOKS_UNKNOWN_EVENT_TYPE';

  /** The error for an event type. */
  static type(type: string, near: string | undefined): UnknownEventTypeError {
    return new UnknownEventTypeError(
      `No webhook of the event type ${quote(type)} is declared${suggestion(near)}; ` +
        'correct the name, or declare it with @Webhook() on a method of a provider.',
    );
  }

  /** The error for a subscription's pattern that matches nothing. */
  static pattern(pattern: string, near: string | undefined): UnknownEventTypeError {
    return new UnknownEventTypeError(
      `The pattern ${quote(pattern)} matches no declared event type${suggestion(near)}; ` +
        'correct it, or use "*" for every event type.',
    );
  }

  /** The error for a declared event type that is not declared with this HTTP method. */
  static method(type: string, method: string, declared: readonly string[]): UnknownEventTypeError {
    return new UnknownEventTypeError(
      `The event type ${quote(type)} is not declared with ${method}; ` +
        `use ${declared.join(' or ')}, or declare it with @Webhook(${quote(type)}, '${method}').`,
    );
  }
}

function suggestion(near: string | undefined): string {
  return near === undefined ? '' : ` (did you mean ${quote(near)}?)`;
}
