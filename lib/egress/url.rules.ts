/** Ports that browsers refuse (WHATWG Fetch, "bad port"): what listens there does not speak HTTP. */
export const BAD_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
]);

/**
 * Ends of names that never belong to a public receiver: special-use names (RFC 6761 and its
 * successors) and what networks, Kubernetes, Consul and Docker use inside.
 */
export const INSIDE_SUFFIXES = [
  'alt',
  'cluster.local',
  'consul',
  'corp',
  'docker',
  'home',
  'home.arpa',
  'in-addr.arpa',
  'internal',
  'intranet',
  'invalid',
  'ip6.arpa',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'onion',
  'private',
  'svc',
] as const;

/** Longest URL in characters. */
export const URL_LIMIT = 2048;

/** Longest host name in characters (RFC 1035). */
export const NAME_LIMIT = 253;

/** One label of a host name (RFC 1123), and the underscore, which occurs in the wild. */
export const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
