/**
 * IPv4 ranges no webhook goes to: every row of the IANA special-purpose registry (2025-10-09), also
 * those marked globally reachable, multicast, and the host service of Azure, which has a public
 * address.
 */
export const DENIED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const;

/** The only part of IPv6 that IANA has opened for global unicast: all else is denied. */
export const GLOBAL_IPV6 = ['2000::/3'] as const;

/** Special-purpose ranges (IANA, 2025-10-09) inside {@link GLOBAL_IPV6}, and the closed 6bone. */
export const DENIED_IPV6 = [
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3ffe::/16',
  '3fff::/20',
] as const;

/** IPv4 addresses written as IPv6 (RFC 4291): the system reports IPv4 peers so on IPv6 sockets. */
export const MAPPED_IPV4 = ['::ffff:0:0/96'] as const;

/** The well-known prefix of NAT64 (RFC 6052). */
export const NAT64 = ['64:ff9b::/96'] as const;

/** What `localhost` means (RFC 6761), whatever a name server says. */
export const LOOPBACK = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
] as const;
