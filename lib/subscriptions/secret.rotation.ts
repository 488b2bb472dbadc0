import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import type { SecretRecord } from '../store/subscription.record.js';

const MOST_SECRETS = 10;

/**
 * The secrets after a rotation, newest first: the present ones sign for `overlap` ms more.
 * @throws InvalidArgumentError for an eleventh valid secret
 */
export function rotated(
  secrets: readonly SecretRecord[],
  value: string,
  overlap: number,
  now: number,
): readonly SecretRecord[] {
  const expiry = now + overlap;
  const kept = secrets
    .map((old) => ({ ...old, expiresAt: Math.min(old.expiresAt ?? expiry, expiry) }))
    .filter((old) => old.value !== value && old.expiresAt > now);
  if (kept.length >= MOST_SECRETS) {
    throw new InvalidArgumentError(
      'overlap',
      `${MOST_SECRETS} secrets are valid already: wait until one expires, or end them with \`overlap: 0\`.`,
    );
  }
  return [{ value, createdAt: now, expiresAt: null }, ...kept];
}
