import { isIP, isIPv6 } from 'node:net';
import { DENIED_IPV4, DENIED_IPV6, GLOBAL_IPV6, MAPPED_IPV4, NAT64 } from './address.ranges.js';
import type { EgressOptions } from './egress.options.js';
import { InvalidEgressOptionError } from './invalid-egress-option.error.js';
import { RangeSet } from './range.set.js';

const SPECIAL = new RangeSet([...DENIED_IPV4, ...DENIED_IPV6]);
const GLOBAL = new RangeSet(GLOBAL_IPV6);
const MAPPED = new RangeSet(MAPPED_IPV4);
const TRANSLATED = new RangeSet(NAT64);

/**
 * Says which IP addresses a webhook may go to: public ones, minus `deny`, plus `allow`. `deny` wins
 * over `allow`. IPv4 addresses in IPv6 notation are judged as IPv4.
 */
export class AddressPolicy {
  private readonly allow: RangeSet;
  private readonly deny: RangeSet;
  private readonly unwrapNat64: boolean;

  /** @throws InvalidEgressOptionError when an entry of `allow` or `deny` is not a range */
  constructor(options: EgressOptions = {}) {
    this.allow = optionSet('allow', options.allow ?? []);
    this.deny = optionSet('deny', options.deny ?? []);
    this.unwrapNat64 = options.nat64 === 'unwrap';
  }

  /** Whether a connection to this address may be opened; false for anything but an IP address. */
  allows(address: string): boolean {
    // A zone (`fe80::1%eth0`) is never public.
    if (isIP(address) === 0 || address.includes('%')) {
      return false;
    }
    if (MAPPED.has(address)) {
      return this.allows(embeddedIpv4(address));
    }
    if (this.deny.has(address)) {
      return false;
    }
    if (this.allow.has(address)) {
      return true;
    }
    if (this.unwrapNat64 && TRANSLATED.has(address)) {
      return this.allows(embeddedIpv4(address));
    }
    return (!isIPv6(address) || GLOBAL.has(address)) && !SPECIAL.has(address);
  }
}

function optionSet(option: 'allow' | 'deny', entries: readonly unknown[]): RangeSet {
  return new RangeSet(entries.map((entry) => parseRange(option, entry)));
}

function parseRange(option: 'allow' | 'deny', entry: unknown): string {
  const match = typeof entry === 'string' ? /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(entry) : null;
  const address = match?.[1] ?? '';
  const family = isIP(address);
  const longest = family === 6 ? 128 : 32;
  const prefix = Number(match?.[2] ?? longest);
  if (family === 0 || prefix > longest) {
    throw new InvalidEgressOptionError(
      option,
      entry,
      'Write an IP address or a CIDR range such as "10.0.0.0/8" or "fd00::/8".',
    );
  }
  if (/^[0:]+:ffff:/i.test(address)) {
    throw new InvalidEgressOptionError(
      option,
      entry,
      'Such addresses are judged as IPv4: write the IPv4 range.',
    );
  }
  return `${address}/${prefix}`;
}

/** The IPv4 address in the last 32 bits of an address whose middle is a long run of zeros. */
function embeddedIpv4(address: string): string {
  // The URL serialiser knows all notations and always writes hexadecimal groups.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::').pop() ?? '';
  const [high = 0, low = 0] = ['0', '0', ...groups.split(':')]
    .slice(-2)
    .map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
