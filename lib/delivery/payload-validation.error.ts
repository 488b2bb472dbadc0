import { WebhooksError } from '../webhooks.error.js';

/** A field of a payload and what is wrong with it; holds no value. */
export interface PayloadProblem {
  /** Path of the field, for example `customer.email`; empty for the payload itself. */
  readonly field: string;
  readonly problem: string;
}

/** A payload is not what its event type declares. Nothing was accepted. */
export class PayloadValidationError extends WebhooksError {
  readonly code = 'WEBHOOKS_PAYLOAD_INVALID';

  constructor(
    readonly eventType: string,
    readonly problems: readonly PayloadProblem[],
    options?: { readonly cause?: unknown },
  ) {
    const list = problems.map(({ field, problem }) => (field ? `${field}: ${problem}` : problem));
    super(
      `The payload of "${eventType}" is not what its stub declares: ${list.join('; ')}. ` +
        'Send the declared type, or change the declaration.',
      options,
    );
  }
}
