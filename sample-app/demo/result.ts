import type { Attempt } from 'nestjs-webhooks';

/** What came of an attempt, in two words: `success 204`. */
export function resultOf({ outcome, status }: Attempt): string {
  return status === null ? String(outcome) : `${outcome} ${status}`;
}
