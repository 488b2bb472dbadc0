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
    complaint: string,
  ) {
    super(`The webhook URL is refused: ${complaint}`);
  }
}
