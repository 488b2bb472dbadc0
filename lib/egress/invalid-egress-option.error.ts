import { WebhooksError } from '../webhooks.error.js';

/** An entry of {@link EgressOptions} cannot be understood. Thrown when the application starts. */
export class InvalidEgressOptionError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_EGRESS_OPTION';

  /**
   * @param option name of the option
   * @param entry the entry as it was given
   * @param remedy what to write instead
   */
  constructor(
    readonly option: string,
    readonly entry: unknown,
    remedy: string,
  ) {
    super(`The option egress.${option} holds ${JSON.stringify(entry)}. ${remedy}`);
  }
}
