import { BlockList, isIPv6 } from 'node:net';

/** A set of IP ranges in CIDR notation. */
export class RangeSet {
  // Apart, because in a common list an IPv6 range around ::ffff:0:0/96, such as ::/0, has IPv4 in it.
  private readonly ipv4 = new BlockList();
  private readonly ipv6 = new BlockList();

  /** @param ranges valid ranges */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [network = '', prefix] = range.split('/');
      if (isIPv6(network)) {
        this.ipv6.addSubnet(network, Number(prefix), 'ipv6');
      } else {
        this.ipv4.addSubnet(network, Number(prefix), 'ipv4');
      }
    }
  }

  /** Whether a valid IP address lies in one of the ranges. IPv4 addresses lie in IPv4 ranges only. */
  has(address: string): boolean {
    return isIPv6(address) ? this.ipv6.check(address, 'ipv6') : this.ipv4.check(address, 'ipv4');
  }
}
