import { WebhooksError } from '../webhooks.error.js';

/** An idempotency key was used again for something else. Nothing was accepted. */
export class IdempotencyConflictError extends WebhooksError {
  readonly code = 'WEBHOOKS_IDEMPOTENCY_CONFLICT';

  constructor(
    /** The event that holds the key. */
    readonly eventId: string,
  ) {
    super(
      `This idempotency key belongs to event ${eventId}, which has another event type or payload. ` +
        'Use one key per event, made of what identifies it, such as `order-42-paid`.',
    );
  }
}
