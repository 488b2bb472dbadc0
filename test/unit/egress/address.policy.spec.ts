import { isIPv6 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AddressPolicy } from '../../../lib/egress/address.policy.js';
import { InvalidEgressOptionError } from '../../../lib/egress/invalid-egress-option.error.js';

const policy = new AddressPolicy();

/** Range, then whether the address before and the one after it are allowed; null where none is. */
const ROWS: readonly (readonly [string, boolean | null, boolean | null])[] = [
  ['0.0.0.0/8', null, true],
  ['10.0.0.0/8', true, true],
  ['100.64.0.0/10', true, true],
  ['127.0.0.0/8', true, true],
  ['168.63.129.16/32', true, true],
  ['169.254.0.0/16', true, true],
  ['172.16.0.0/12', true, true],
  ['192.0.0.0/24', true, true],
  ['192.0.2.0/24', true, true],
  ['192.31.196.0/24', true, true],
  ['192.52.193.0/24', true, true],
  ['192.88.99.0/24', true, true],
  ['192.168.0.0/16', true, true],
  ['192.175.48.0/24', true, true],
  ['198.18.0.0/15', true, true],
  ['198.51.100.0/24', true, true],
  ['203.0.113.0/24', true, true],
  ['224.0.0.0/4', true, false],
  ['240.0.0.0/4', false, null],
  ['255.255.255.255/32', false, null],
  ['::/128', null, false],
  ['::1/128', false, false],
  ['::/96', null, false],
  ['::ffff:0:0:0/96', false, false],
  ['64:ff9b::/96', false, false],
  ['64:ff9b:1::/48', false, false],
  ['100::/64', false, false],
  ['100:0:0:1::/64', false, false],
  ['2001::/23', true, true],
  ['2001::/32', true, false],
  ['2001:1::1/128', false, false],
  ['2001:2::/48', false, false],
  ['2001:4:112::/48', false, false],
  ['2001:20::/28', false, false],
  ['2001:db8::/32', true, true],
  ['2002::/16', true, true],
  ['2620:4f:8000::/48', true, true],
  ['3ffe::/16', true, false],
  ['3fff::/20', false, true],
  ['4000::/3', true, false],
  ['5f00::/16', false, false],
  ['fc00::/7', false, false],
  ['fe80::/10', false, false],
  ['fec0::/10', false, false],
  ['ff00::/8', false, null],
];

describe('AddressPolicy', () => {
  it.each(ROWS)(
    'denies %s, its first and last address, and nothing beside it',
    (range, before, after) => {
      const [network = '', prefix] = range.split('/');
      const six = isIPv6(network);
      const first = toNumber(network);
      const last = first + (1n << BigInt((six ? 128 : 32) - Number(prefix))) - 1n;
      expect(policy.allows(toText(first, six))).toBe(false);
      expect(policy.allows(toText(last, six))).toBe(false);
      expect(policy.allows(toText((first + last) / 2n, six))).toBe(false);
      const beside = [[first - 1n, before] as const, [last + 1n, after] as const];
      for (const [value, allowed] of beside.filter((entry) => entry[1] !== null)) {
        expect(policy.allows(toText(value, six))).toBe(allowed);
      }
    },
  );

  it.each(['8.8.8.8', '1.1.1.1', '168.63.129.15', '2606:4700::1111', '2a00:1450::1'])(
    'allows %s',
    (address) => {
      expect(policy.allows(address)).toBe(true);
    },
  );

  it.each([
    '',
    'not-an-ip',
    '127.1',
    '8.8.8.8 ',
    '8.8.8.8/32',
    'fe80::1%eth0',
    '2606:4700::1%eth0',
  ])('denies %j, which is no address', (address) => {
    expect(policy.allows(address)).toBe(false);
  });

  it.each([
    ['::ffff:8.8.8.8', true],
    ['::ffff:808:808', true],
    ['0:0:0:0:0:ffff:8.8.8.8', true],
    ['::FFFF:127.0.0.1', false],
    ['::ffff:7f00:1', false],
    ['::ffff:0:0', false],
    ['::ffff:a00:0', false],
    ['0000:0000:0000:0000:0000:ffff:a9fe:a9fe', false],
  ])('judges %s as the IPv4 address it stands for', (address, allowed) => {
    expect(policy.allows(address)).toBe(allowed);
  });

  it('judges any IPv4 address alike in both notations', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(policy.allows(`::ffff:${address}`)).toBe(policy.allows(address));
      }),
    );
  });

  it('judges NAT64 addresses by the IPv4 address inside when asked to', () => {
    const unwrapping = new AddressPolicy({ nat64: 'unwrap' });
    expect(policy.allows('64:ff9b::8.8.8.8')).toBe(false);
    expect(unwrapping.allows('64:ff9b::8.8.8.8')).toBe(true);
    expect(unwrapping.allows('64:ff9b::808:808')).toBe(true);
    expect(unwrapping.allows('64:ff9b::7f00:1')).toBe(false);
    expect(unwrapping.allows('64:ff9b::a00:0')).toBe(false);
    expect(unwrapping.allows('64:ff9b::')).toBe(false);
    expect(unwrapping.allows('64:ff9b::1')).toBe(false);
    expect(unwrapping.allows('64:ff9b:1::808:808')).toBe(false);
  });

  it('applies allow and deny, of which deny wins', () => {
    const custom = new AddressPolicy({
      allow: ['10.1.0.0/16', '127.0.0.1', 'fd00::/8'],
      deny: ['10.1.2.0/24', '8.8.8.0/24', 'fd00:1::/32', '::/0'],
    });
    expect(custom.allows('10.1.1.1')).toBe(true);
    expect(custom.allows('10.1.2.1')).toBe(false);
    expect(custom.allows('10.2.0.1')).toBe(false);
    expect(custom.allows('127.0.0.1')).toBe(true);
    expect(custom.allows('127.0.0.2')).toBe(false);
    expect(custom.allows('::ffff:127.0.0.1')).toBe(true);
    expect(custom.allows('8.8.8.8')).toBe(false);
    expect(custom.allows('fd00:2::1')).toBe(false);
  });

  it('keeps IPv4 out of IPv6 ranges', () => {
    const custom = new AddressPolicy({ allow: ['::/0'] });
    expect(custom.allows('fd00::1')).toBe(true);
    expect(custom.allows('10.0.0.1')).toBe(false);
    expect(custom.allows('::ffff:10.0.0.1')).toBe(false);
  });

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0/8',
    '10.0.0.0/8/8',
    '10.0.0.0/x',
    '10.0.0.0/',
    'fe80::1%eth0/64',
    '::ffff:10.0.0.0/104',
    '0:0:0:0:0:ffff:a00:0/104',
    8,
    null,
  ])('refuses the range %j and names it', (entry) => {
    for (const option of ['allow', 'deny']) {
      const create = () => new AddressPolicy(JSON.parse(JSON.stringify({ [option]: [entry] })));
      expect(create).toThrow(InvalidEgressOptionError);
      expect(create).toThrow(`egress.${option} holds ${JSON.stringify(entry)}`);
    }
  });
});

function toNumber(address: string): bigint {
  if (!isIPv6(address)) {
    return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  }
  const [left = '', right] = address.split('::');
  const head = left.split(':').filter(Boolean);
  const tail = right?.split(':').filter(Boolean) ?? [];
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function toText(value: bigint, six: boolean): string {
  const [count, bits] = six ? [8, 16n] : [4, 8n];
  const parts = Array.from(
    { length: count },
    (_, index) => (value >> (BigInt(count - 1 - index) * bits)) & ((1n << bits) - 1n),
  );
  return parts.map((part) => part.toString(six ? 16 : 10)).join(six ? ':' : '.');
}
