import { WebhooksError } from '../webhooks.error.js';

/** The tenant makes this call more often than it may. Nothing was sent. */
export class TooManyRequestsError extends WebhooksError {
  readonly code = 'WEBHOOKS_TOO_MANY_REQUESTS';

  constructor(
    /** The option that says how often. */
    readonly option: string,
    /** Seconds after which the next call is let through: 1 or more. */
    readonly retryAfter: number,
  ) {
    super(
      `The tenant makes too many of these calls. Try again in ${retryAfter} s, or raise \`${option}\`.`,
    );
  }
}
