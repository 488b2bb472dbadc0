import type { LookupFunction, Socket } from 'node:net';
import type { AddressPolicy } from './address.policy.js';
import { LOOPBACK } from './address.ranges.js';
import { ConnectionError } from './connection.error.js';
import { errorCode } from './failure.mapper.js';
import type { HostResolver, ResolvedAddress } from './host.resolver.js';

/**
 * Resolves names for sockets to addresses that the {@link AddressPolicy} allows and no others, against
 * names that resolve to something else later. One denied address among several refuses them all.
 */
export class GuardedLookup {
  constructor(
    private readonly addresses: AddressPolicy,
    private readonly resolver: HostResolver,
  ) {}

  /** For the `lookup` option of a socket. Sockets do not ask it about literal addresses. */
  readonly lookup: LookupFunction = (hostname, _options, callback) => {
    this.resolve(hostname).then(
      (addresses) => callback(null, [...addresses]),
      (error: unknown) => callback(error instanceof Error ? error : blocked(), []),
    );
  };

  /**
   * Judges once more where a socket has really arrived.
   * @throws ConnectionError when it must not be there
   */
  checkPeer({ remoteAddress }: Socket): void {
    // A peer that is gone already has no address.
    if (remoteAddress === undefined) {
      throw new ConnectionError('connect', 'The connection was closed at once.');
    }
    if (!this.addresses.allows(remoteAddress)) throw blocked();
  }

  private async resolve(hostname: string): Promise<readonly ResolvedAddress[]> {
    if (hostname === 'localhost') {
      return this.judge(LOOPBACK.filter(({ address }) => this.addresses.allows(address)));
    }
    let addresses: readonly ResolvedAddress[];
    try {
      addresses = await this.resolver.resolve(hostname);
    } catch (error) {
      throw new ConnectionError('dns', `The host name does not resolve (${errorCode(error)}).`);
    }
    if (addresses.length === 0) {
      throw new ConnectionError('dns', 'The host name has no address.');
    }
    return this.judge(addresses);
  }

  private judge(addresses: readonly ResolvedAddress[]): readonly ResolvedAddress[] {
    if (
      addresses.length === 0 ||
      !addresses.every(({ address }) => this.addresses.allows(address))
    ) {
      throw blocked();
    }
    return addresses;
  }
}

/** A refusal by the address policy, which names no address. */
export function blocked(): ConnectionError {
  return new ConnectionError(
    'blocked',
    'The host is not at a public address. Give the subscription another URL, or extend egress.allow.',
  );
}
