import { isIP } from 'node:net';
import { AddressPolicy } from './address.policy.js';
import { LOOPBACK } from './address.ranges.js';
import { BlockedUrlError } from './blocked-url.error.js';
import type { EgressOptions } from './egress.options.js';
import { InvalidEgressOptionError } from './invalid-egress-option.error.js';
import { BAD_PORTS, INSIDE_SUFFIXES, LABEL, NAME_LIMIT, URL_LIMIT } from './url.rules.js';

/**
 * Says which URLs a subscription may have: what can be told without asking a name server. What the
 * name resolves to is judged by the {@link AddressPolicy}, each time a connection is opened.
 *
 * The name `localhost` passes when `allow` covers a loopback address, and then means just that.
 */
export class UrlPolicy {
  private readonly http: boolean;
  private readonly ports: ReadonlySet<number> | null;
  private readonly hosts: ReadonlySet<string>;

  /**
   * @param addresses the policy for addresses written in a URL
   * @throws InvalidEgressOptionError when an option holds what is no port, name or range
   */
  constructor(
    options: EgressOptions = {},
    private readonly addresses: AddressPolicy = new AddressPolicy(options),
  ) {
    this.http = options.http ?? false;
    this.ports = options.ports ? new Set(options.ports.map(parsePort)) : null;
    this.hosts = new Set((options.hosts ?? []).map(parseHost));
  }

  /**
   * Checks a URL and gives it back in its normal form (`url.href`), which is the one to keep and use.
   *
   * @throws BlockedUrlError naming the rule, also when it is no string
   */
  check(raw: unknown): string {
    return this.parse(raw).href;
  }

  /** As {@link UrlPolicy.check}, but gives the parsed URL. */
  parse(raw: unknown): URL {
    const text = this.checkText(raw);
    let url: URL;
    try {
      url = new URL(text);
    } catch {
      throw new BlockedUrlError('syntax', 'it cannot be parsed. Use a URL with a valid host name.');
    }
    this.checkPort(url);
    this.checkHost(url.hostname);
    return url;
  }

  private checkText(raw: unknown): string {
    if (typeof raw !== 'string') {
      throw new BlockedUrlError('type', 'it is not a string. Pass it as text.');
    }
    if (raw.length > URL_LIMIT) {
      throw new BlockedUrlError('length', `it is too long. Use at most ${URL_LIMIT} characters.`);
    }
    // The URL parser drops some of these silently, so that a reader and the parser see two hosts.
    if (/[\p{Cc}\p{Cf}\p{Cs}\p{Z}\\]/u.test(raw)) {
      throw new BlockedUrlError(
        'characters',
        'it contains a space, backslash, control or invisible character. Percent-encode it.',
      );
    }
    const [, scheme, authority] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)/i.exec(raw) ?? [];
    if (scheme === undefined || authority === undefined) {
      throw new BlockedUrlError(
        'syntax',
        'it is not absolute. Begin it with "https://" and a host.',
      );
    }
    const allowed = this.http ? ['https', 'http'] : ['https'];
    if (!allowed.includes(scheme.toLowerCase())) {
      throw new BlockedUrlError(
        'scheme',
        `its scheme is not allowed. Use ${allowed.join(' or ')}.`,
      );
    }
    if (authority.includes('@')) {
      throw new BlockedUrlError(
        'user-info',
        'it contains a user name or password before the host. Remove it; requests are signed.',
      );
    }
    return raw;
  }

  private checkPort(url: URL): void {
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    if (this.ports ? !this.ports.has(port) : BAD_PORTS.has(port)) {
      const remedy = this.ports
        ? `Use one of: ${[...this.ports].slice(0, 10).join(', ')}.`
        : 'Use 443.';
      throw new BlockedUrlError('port', `port ${port} is not allowed. ${remedy}`);
    }
  }

  private checkHost(hostname: string): void {
    const literal = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    if (isIP(literal) !== 0) {
      if (!this.addresses.allows(literal)) {
        throw new BlockedUrlError('address', 'its address is not public. Use a public host name.');
      }
      return;
    }
    const name = hostname.replace(/\.$/, '');
    if (this.hosts.has(name) || (name === 'localhost' && this.allowsLoopback())) {
      return;
    }
    const labels = name.split('.');
    if (name.length > NAME_LIMIT || !labels.every((label) => LABEL.test(label))) {
      throw new BlockedUrlError('name', 'its host is no valid host name. Use a registered one.');
    }
    if (labels.length < 2) {
      throw new BlockedUrlError('name', 'its host is a single word. Use a full public host name.');
    }
    const suffix = INSIDE_SUFFIXES.find((end) => name === end || name.endsWith(`.${end}`));
    if (suffix !== undefined) {
      throw new BlockedUrlError(
        'name',
        `names under "${suffix}" are not public. Use a public one.`,
      );
    }
  }

  private allowsLoopback(): boolean {
    return LOOPBACK.some(({ address }) => this.addresses.allows(address));
  }
}

function parsePort(entry: unknown): number {
  if (typeof entry !== 'number' || !Number.isInteger(entry) || entry < 1 || entry > 65535) {
    throw new InvalidEgressOptionError('ports', entry, 'Write whole numbers from 1 to 65535.');
  }
  return entry;
}

function parseHost(entry: unknown): string {
  const name = typeof entry === 'string' ? entry.toLowerCase() : '';
  if (isIP(name) !== 0 || !name.split('.').every((label) => LABEL.test(label))) {
    throw new InvalidEgressOptionError(
      'hosts',
      entry,
      'Write host names such as "receiver"; addresses belong in egress.allow.',
    );
  }
  return name;
}
