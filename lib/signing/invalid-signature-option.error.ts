import { WebhooksError } from '../webhooks.error.js';

/** An option of signing or verifying is not usable. */
export class InvalidSignatureOptionError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_SIGNATURE_OPTION';

  /**
   * @param option name of the option
   * @param expected what it accepts
   */
  constructor(option: string, expected: string) {
    super(`The option "${option}" is not valid. Set it to ${expected}.`);
  }
}
