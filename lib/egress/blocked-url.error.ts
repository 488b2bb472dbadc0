import { WebhooksError } from '../webhooks.error.js';

/** Which rule of the {@link UrlPolicy} refused a URL. */
export type UrlRule =
  | 'type'
  | 'length'
  | 'characters'
  | 'syntax'
  | 'scheme'
  | 'user-info'
  | 'port'
  | 'address'
  | 'name';

/**
 * The egress policy refuses a URL. The message names the rule and the remedy and repeats nothing of
 * the URL but its port, so that it can be shown to whoever typed the URL.
 */
export class BlockedUrlError extends WebhooksError {
  readonly code = 'WEBHOOKS_BLOCKED_URL';

  constructor(
    readonly rule: UrlRule,
    private readonly complaint: string,
    subject = 'webhook URL',
  ) {
    super(`The ${subject} is refused: ${complaint}`);
  }

  /** The same refusal of a URL that is for something else. */
  about(subject: string): BlockedUrlError {
    return new BlockedUrlError(this.rule, this.complaint, subject);
  }
}
