import { WebhooksError } from '../webhooks.error.js';
import { quote } from './quote.js';

/** The webhooks of a class are asked for that declares none in this app, or not clearly. */
export class UnknownWebhookClassError extends WebhooksError {
  readonly code = 'WEBHOOKS_UNKNOWN_WEBHOOK_CLASS';

  /** The error for a class without webhooks. */
  static none(host: unknown): UnknownWebhookClassError {
    const name = typeof host === 'function' ? host.name || 'The class' : quote(host);
    return new UnknownWebhookClassError(
      `${name} declares no webhook of this app; put @Webhook() on its methods and list it among ` +
        'the providers of a module.',
    );
  }

  /** The error for a base class whose stub several subclasses declare. */
  static several(
    host: string,
    stub: string,
    first: string,
    second: string,
  ): UnknownWebhookClassError {
    return new UnknownWebhookClassError(
      `${host}.${stub} is declared by both ${first} and ${second}; ask for one of these two classes.`,
    );
  }
}
