import type { Subscription } from 'nestjs-webhooks';

/** A webhook subscription, as its owner sees it. */
export class WebhookSubscriptionDto {
  /** Id of the webhook subscription. */
  id!: string;

  /** Where the webhooks go. */
  url!: string;

  /** Event types wanted: exact names, prefixes such as `order.*`, or `*`. */
  eventTypes!: string[];

  /** The owner's note. */
  description!: string;

  /** Whether it receives webhooks. */
  enabled!: boolean;

  /** Why it does not: `manual`, `gone` (it answered 410) or `failing`; null while it does. */
  disabledReason!: string | null;

  /** The ends of the valid secrets, newest first, to tell them apart. */
  secretHints!: string[];

  static of(subscription: Subscription): WebhookSubscriptionDto {
    const { id, url, eventTypes, description, state, disabledReason, secrets } = subscription;
    return {
      id,
      url,
      eventTypes: [...eventTypes],
      description,
      enabled: state === 'enabled',
      disabledReason,
      secretHints: secrets.map(({ hint }) => hint),
    };
  }
}
