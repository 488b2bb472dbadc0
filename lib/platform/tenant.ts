import { InvalidArgumentError } from './invalid-argument.error.js';

/** Whose subscriptions and deliveries a call is about. */
export interface TenantOptions {
  /**
   * 1 to 256 characters, no control characters.
   * @default 'default'
   */
  readonly tenant?: string;
}

/** The tenant of calls that name none. */
export const DEFAULT_TENANT = 'default';

/**
 * The tenant of a call.
 * @throws InvalidArgumentError for anything but a usable text: an `undefined` that was meant to be a
 * tenant's id is the caller's to catch
 */
export function tenantOf(options: TenantOptions | undefined): string {
  const { tenant = DEFAULT_TENANT } = options ?? {};
  return checkedText('tenant', tenant, 256);
}

/**
 * A text of 1 to `longest` characters without control characters.
 * @throws InvalidArgumentError naming `argument`
 */
export function checkedText(argument: string, value: unknown, longest: number): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= longest) {
    // eslint-disable-next-line no-control-regex
    if (!/[\u0000-\u001f\u007f]/.test(value) && value.isWellFormed()) return value;
  }
  throw new InvalidArgumentError(
    argument,
    `Give a text of 1 to ${longest} characters without control characters.`,
  );
}
