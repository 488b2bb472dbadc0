import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import { checkedSchedule } from '../schedule/retry.schedules.js';
import type { RetrySchedule } from '../store/retry-schedule.record.js';
import { InvalidWebhookOptionError } from './invalid-webhook-option.error.js';
import type { WebhookDeclarationOptions } from './webhook-declaration.options.js';

/**
 * The options of a `@Webhook()`, checked. Whether the example fits the body is asked only at start,
 * because validation is asynchronous.
 * @throws InvalidWebhookOptionError naming the option
 */
export function readOptions(
  place: string,
  options: WebhookDeclarationOptions = {},
): WebhookDeclarationOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const remedy = 'give an object, such as { deprecated: true }.';
    throw new InvalidWebhookOptionError(place, 'options', remedy);
  }
  const { deprecated, example, retry } = options;
  if (deprecated !== undefined && typeof deprecated !== 'boolean') {
    throw new InvalidWebhookOptionError(place, 'deprecated', 'give true or false.');
  }
  return {
    ...(deprecated !== undefined && { deprecated }),
    ...(example !== undefined && { example }),
    ...(retry !== undefined && { retry: readSchedule(place, retry) }),
  };
}

function readSchedule(place: string, retry: RetrySchedule): RetrySchedule {
  try {
    return checkedSchedule('retry', retry);
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause;
    const remedy = 'give a schedule that fixed() or exponential() makes.';
    throw new InvalidWebhookOptionError(place, 'retry', remedy, { cause });
  }
}
