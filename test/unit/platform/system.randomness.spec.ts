import { describe, expect, it } from '@jest/globals';
import { SystemRandomness } from '../../../lib/platform/system.randomness.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('system randomness', () => {
  const randomness = new SystemRandomness();

  it.each([1, 16, 17, 32, 5_000])('gives %i bytes', (size) => {
    expect(randomness.bytes(size)).toHaveLength(size);
  });

  it('never gives the same bytes again, and leaves those it gave alone', () => {
    const given = Array.from({ length: 2_000 }, () => randomness.bytes(16));
    const before = given.map(text);
    expect(new Set(before).size).toBe(2_000);
    for (let call = 0; call < 1_000; call++) randomness.bytes(16);
    expect(given.map(text)).toEqual(before);
  });
});
