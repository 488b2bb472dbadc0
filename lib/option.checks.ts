import {
  DEFAULT_OPERATOR_NOTIFICATIONS,
  NOTIFICATION_NAMES,
  OperatorOptions,
} from './notifications/operator.webhooks.js';
import { NumberOption, OPTION_RANGES } from './option.ranges.js';
import { InvalidArgumentError } from './platform/invalid-argument.error.js';
import { checkedText } from './platform/tenant.js';

/** The value of a whole-number option, or its default. */
export function checkedNumber(name: NumberOption, value: number | undefined): number {
  const { default: fallback, low, high } = OPTION_RANGES[name];
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new InvalidArgumentError(name, `Give a whole number from ${low} to ${high}.`);
}

export function checkedChoice<T extends string>(name: string, value: T, choices: readonly T[]): T {
  if (choices.includes(value)) return value;
  throw new InvalidArgumentError(name, `Give one of ${choices.join(', ')}.`);
}

export function checkedSwitch(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidArgumentError(name, 'Give true or false.');
}

/** A prefix of header names, in lower case. */
export function checkedPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[a-z][a-z0-9-]{0,62}-$/i.test(prefix)) {
    return prefix.toLowerCase();
  }
  throw new InvalidArgumentError(
    'headerPrefix',
    'Give letters, digits and "-" that end with "-", such as "x-webhook-".',
  );
}

export function checkedSignatures<T>(signatures: readonly T[]): readonly T[] {
  if (Array.isArray(signatures) && signatures.length > 0) return [...signatures];
  throw new InvalidArgumentError('signatures', 'Give at least one, such as standardWebhooks().');
}

export function checkedUserAgent(userAgent: unknown): string {
  const printable = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;
  if (typeof userAgent === 'string' && printable.test(userAgent)) return userAgent;
  throw new InvalidArgumentError('userAgent', 'Give printable ASCII text of 1 to 256 characters.');
}

export function checkedFunction<F>(name: string, value: F | undefined): F | null {
  if (value === undefined) return null;
  if (typeof value === 'function') return value;
  throw new InvalidArgumentError(name, 'Give a function.');
}

export function checkedOperator(operator: OperatorOptions): Required<OperatorOptions> {
  const { tenant, notifications = DEFAULT_OPERATOR_NOTIFICATIONS } = operator ?? {};
  const known =
    Array.isArray(notifications) &&
    notifications.every((name) => NOTIFICATION_NAMES.includes(name));
  if (known) return { tenant: checkedText('operator.tenant', tenant, 256), notifications };
  throw new InvalidArgumentError(
    'operator.notifications',
    `Give names among ${NOTIFICATION_NAMES.join(', ')}.`,
  );
}
