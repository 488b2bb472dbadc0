import { connect as connectTcp, isIP, LookupFunction, Socket, TcpNetConnectOpts } from 'node:net';
import { ConnectionOptions, connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Clock } from '../platform/clock.js';
import type { AddressPolicy } from './address.policy.js';
import { LOOPBACK } from './address.ranges.js';
import type { ClientIdentity } from './client.identity.js';
import { ConnectionError } from './connection.error.js';
import { errorCode } from './failure.mapper.js';
import type { HostResolver, ResolvedAddress } from './host.resolver.js';
import { TlsIdentities } from './tls.identities.js';

/** Settings of {@link GuardedConnector}. */
export interface ConnectorOptions {
  /**
   * Milliseconds for resolving the name, connecting and the TLS handshake.
   * @default 5000
   */
  readonly connectTimeout?: number;
  /**
   * Certificate authorities in PEM that are trusted besides Node's own.
   * @default []
   */
  readonly ca?: readonly string[];
}

/**
 * Opens connections for undici, to addresses that the {@link AddressPolicy} allows and no others: the
 * check that counts, made for every connection, against names that resolve to something else later.
 * One denied address among several refuses them all.
 *
 * Undici's own connector is not used: it does not tell a wrapper which stage failed, its timeout is
 * only accurate to a second, and a connection that it is opening cannot be given up.
 */
export class GuardedConnector {
  private readonly opening = new Set<Socket>();
  private readonly identities: TlsIdentities;
  private readonly timeout: number;

  constructor(
    private readonly addresses: AddressPolicy,
    private readonly resolver: HostResolver,
    private readonly clock: Clock,
    options: ConnectorOptions = {},
  ) {
    this.timeout = options.connectTimeout ?? 5000;
    this.identities = new TlsIdentities(options.ca);
  }

  /** What the `connect` option of undici's dispatchers does, as one who shows a certificate or none. */
  connect(
    target: buildConnector.Options,
    callback: buildConnector.Callback,
    identity: ClientIdentity | null = null,
  ): void {
    // Sockets ask no lookup function about a literal address.
    if (isIP(target.hostname) !== 0 && !this.addresses.allows(target.hostname)) {
      process.nextTick(callback, blocked(), null);
      return;
    }
    const secure = target.protocol === 'https:';
    const socket = secure ? this.tryTls(target, identity) : this.openTcp(target);
    if (socket instanceof ConnectionError) {
      process.nextTick(callback, socket, null);
      return;
    }
    const timer = this.clock.setTimer(
      () => socket.destroy(new ConnectionError('timeout', 'No connection within the time limit.')),
      this.timeout,
    );
    let settled = false;
    const settle = (...result: Parameters<buildConnector.Callback>) => {
      if (!settled) {
        settled = true;
        timer.cancel();
        this.opening.delete(socket);
        callback(...result);
      }
    };
    this.opening.add(socket);
    socket.on('error', (error) => settle(toConnectionError(error, secure), null));
    socket.once('connect', () => {
      const fault = this.checkPeer(socket);
      if (fault) {
        socket.destroy(fault);
      } else if (!secure) {
        settle(null, socket);
      }
    });
    socket.once('secureConnect', () => settle(null, socket));
  }

  /** Gives up the connections that are being opened. */
  abort(): void {
    for (const socket of this.opening) {
      socket.destroy(
        new ConnectionError('aborted', 'The connection was given up by this process.'),
      );
    }
  }

  private openTcp(target: buildConnector.Options): Socket {
    return connectTcp({
      host: target.hostname,
      port: Number(target.port || 80),
      lookup: this.lookup,
      autoSelectFamily: true,
      noDelay: true,
      keepAlive: true,
    });
  }

  private tryTls(
    target: buildConnector.Options,
    identity: ClientIdentity | null,
  ): Socket | ConnectionError {
    try {
      return this.openTls(target, identity);
    } catch {
      return new ConnectionError(
        'tls',
        'The client certificate cannot be used. Give the subscription another one.',
      );
    }
  }

  private openTls(target: buildConnector.Options, identity: ClientIdentity | null): Socket {
    const key = `${target.hostname}:${target.port}`;
    // The types of tls.connect leave out what it hands on to net.connect.
    const options: ConnectionOptions & TcpNetConnectOpts = {
      host: target.hostname,
      port: Number(target.port || 443),
      lookup: this.lookup,
      autoSelectFamily: true,
      // A trailing dot belongs to the name but not into the handshake (RFC 6066).
      servername: isIP(target.hostname) === 0 ? target.hostname.replace(/\.$/, '') : '',
      secureContext: this.identities.contextOf(identity),
      // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED changes the default.
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
      session: this.identities.sessionOf(key, identity),
      noDelay: true,
      keepAlive: true,
    };
    const socket = connectTls(options);
    socket.on('session', (session) => this.identities.keepSession(key, identity, session));
    return socket;
  }

  private readonly lookup: LookupFunction = (hostname, _options, callback) => {
    this.resolve(hostname).then(
      (addresses) => callback(null, [...addresses]),
      (error: unknown) => callback(error instanceof Error ? error : blocked(), []),
    );
  };

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

  private checkPeer({ remoteAddress }: Socket): ConnectionError | null {
    // A peer that is gone already has no address.
    if (remoteAddress === undefined) {
      return new ConnectionError('connect', 'The receiver closed the connection at once.');
    }
    return this.addresses.allows(remoteAddress) ? null : blocked();
  }
}

function blocked(): ConnectionError {
  return new ConnectionError(
    'blocked',
    'The host is not at a public address. Give the subscription another URL, or extend egress.allow.',
  );
}

function toConnectionError(error: unknown, secure: boolean): ConnectionError {
  if (error instanceof ConnectionError) {
    return error;
  }
  // `errors`: one for each address that was tried.
  const tcp =
    typeof error === 'object' &&
    error !== null &&
    ('errors' in error || ('syscall' in error && error.syscall === 'connect'));
  return secure && !tcp
    ? new ConnectionError('tls', `The TLS handshake failed (${errorCode(error)}).`)
    : new ConnectionError('connect', `The connection could not be opened (${errorCode(error)}).`);
}
