import { BlockList, isIP, isIPv6 } from 'node:net';
import { DENIED_IPV4, DENIED_IPV6, GLOBAL_IPV6, MAPPED_IPV4, NAT64 } from './address.ranges.js';
import type { EgressOptions } from './egress.options.js';
import { InvalidEgressOptionError } from './invalid-egress-option.error.js';

/**
 * Says which IP addresses a webhook may go to: public ones, minus `deny`, plus `allow`. `deny` wins
 * over `allow`. IPv4 addresses in IPv6 notation are judged as IPv4.
 */
export class AddressPolicy {
  private readonly allow: BlockList;
  private readonly deny: BlockList;
  private readonly special = rangeList(DENIED_IPV4, DENIED_IPV6);
  private readonly global = rangeList(GLOBAL_IPV6);
  private readonly mapped = rangeList(MAPPED_IPV4);
  private readonly nat64: BlockList | null;

  /** @throws InvalidEgressOptionError when an entry of `allow` or `deny` is not a range */
  constructor(options: EgressOptions = {}) {
    this.allow = optionList('allow', options.allow ?? []);
    this.deny = optionList('deny', options.deny ?? []);
    this.nat64 = options.nat64 === 'unwrap' ? rangeList(NAT64) : null;
  }

  /** Whether a connection to this address may be opened; false for anything but an IP address. */
  allows(address: string): boolean {
    // BlockList answers false for what is no address at all; a zone (`fe80::1%eth0`) is never public.
    if (isIP(address) === 0 || address.includes('%')) {
      return false;
    }
    if (!isIPv6(address)) {
      return this.judge(address, 'ipv4') ?? !this.special.check(address, 'ipv4');
    }
    if (this.mapped.check(address, 'ipv6')) {
      return this.allows(embeddedIpv4(address));
    }
    return (
      this.judge(address, 'ipv6') ??
      (this.nat64?.check(address, 'ipv6')
        ? this.allows(embeddedIpv4(address))
        : this.global.check(address, 'ipv6') && !this.special.check(address, 'ipv6'))
    );
  }

  private judge(address: string, family: 'ipv4' | 'ipv6'): boolean | null {
    if (this.deny.check(address, family)) {
      return false;
    }
    return this.allow.check(address, family) ? true : null;
  }
}

function rangeList(...tables: (readonly string[])[]): BlockList {
  const list = new BlockList();
  for (const range of tables.flat()) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  return list;
}

function optionList(option: 'allow' | 'deny', entries: readonly unknown[]): BlockList {
  return rangeList(entries.map((entry) => parseRange(option, entry)));
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
