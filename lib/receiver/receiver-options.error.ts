import { WebhooksError } from '../webhooks.error.js';

/** An option of `@VerifyWebhook()` is missing or not usable; thrown when the class is defined. */
export class ReceiverOptionsError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_RECEIVER_OPTIONS';

  /**
   * @param option name of the option
   * @param expected what it accepts
   */
  constructor(option: string, expected: string) {
    super(`@VerifyWebhook() cannot use its option "${option}". Set it to ${expected}.`);
  }
}
