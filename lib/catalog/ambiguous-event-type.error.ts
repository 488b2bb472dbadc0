import { WebhooksError } from '../webhooks.error.js';
import { quote } from './quote.js';

/** An event type that is declared with several HTTP methods is asked for without one. */
export class AmbiguousEventTypeError extends WebhooksError {
  readonly code = 'WEBHOOKS_AMBIGUOUS_EVENT_TYPE';

  constructor(type: string, methods: readonly string[]) {
    super(
      `The event type ${quote(type)} is declared with ${methods.join(' and ')}; name the method.`,
    );
  }
}
