import { timingSafeEqual } from 'node:crypto';

/** Compares a received text with the expected one in a time that depends on the lengths alone. */
export function equalInConstantTime(received: string, expected: string): boolean {
  const left = Buffer.from(received);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
