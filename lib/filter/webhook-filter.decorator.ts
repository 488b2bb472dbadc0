import 'reflect-metadata';
import type { Subscription } from '../subscriptions/subscription.js';

/** Key of the metadata that `@WebhookFilter` stores on a method: its pattern. */
export const WEBHOOK_FILTER_METADATA = 'nestjs-webhooks:filter';

/** An event about to be accepted, and a subscription that would get it. */
export interface FilterQuestion {
  readonly eventType: string;
  readonly tenant: string;
  /** Plain data, as it will be sent; do not change it. */
  readonly payload: unknown;
  readonly subscription: Subscription;
}

/** Answers whether the subscription gets the event. It cannot wait: the event is being accepted. */
export type WebhookFilterFunction = (question: FilterQuestion) => boolean;

/**
 * Makes a method of a provider decide which subscriptions get an event: it is asked, for each that
 * matches, while the event is accepted, and answers true or false. When several apply, all must admit.
 * One that throws makes `send` reject; then nothing is accepted.
 *
 * @param pattern which event types it is asked about: exact, `order.*`, or `*` (the default)
 */
export function WebhookFilter(pattern = '*') {
  return <F extends WebhookFilterFunction>(
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): void => {
    Reflect.defineMetadata(WEBHOOK_FILTER_METADATA, pattern, descriptor.value!);
  };
}
