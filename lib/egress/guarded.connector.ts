import { connect as connectTcp, isIP, isIPv6, Socket, TcpNetConnectOpts } from 'node:net';
import { ConnectionOptions, connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Clock } from '../platform/clock.js';
import type { AddressPolicy } from './address.policy.js';
import type { ClientIdentity } from './client.identity.js';
import { ConnectionError } from './connection.error.js';
import { errorCode } from './failure.mapper.js';
import { blocked, GuardedLookup } from './guarded.lookup.js';
import type { HostResolver } from './host.resolver.js';
import { OpeningConnection } from './opening.connection.js';
import type { ProxyServer } from './proxy.server.js';
import { openTunnel, toProxyFailure } from './proxy.tunnel.js';
import { TlsIdentities } from './tls.identities.js';

/** Settings of {@link GuardedConnector}. */
export interface ConnectorOptions {
  /**
   * Milliseconds for resolving the name, connecting, the proxy's tunnel and the TLS handshake.
   * @default 5000
   */
  readonly connectTimeout?: number;
  /**
   * Certificate authorities in PEM that are trusted besides Node's own.
   * @default []
   */
  readonly ca?: readonly string[];
  /**
   * Where all connections go through.
   * @default none
   */
  readonly proxy?: ProxyServer | null;
}

interface Host {
  readonly hostname: string;
  readonly port: number;
}

/** What TLS runs on: the types of tls.connect leave out what it hands on to net.connect. */
type Way = Omit<TcpNetConnectOpts, 'host'> | { readonly socket: Socket };

const LIVELY = { noDelay: true, keepAlive: true };

/**
 * Opens connections for undici, to addresses that the {@link AddressPolicy} allows and no others: the
 * check that counts, made for every connection. Through a proxy it is the proxy's address that is
 * judged, and of the target's only one that is written in the URL.
 *
 * Undici's own connector is not used: it does not tell a wrapper which stage failed, its timeout is
 * only accurate to a second, and a connection that it is opening cannot be given up.
 */
export class GuardedConnector {
  private readonly opening = new Set<OpeningConnection>();
  private readonly guard: GuardedLookup;
  private readonly identities: TlsIdentities;
  private readonly timeout: number;
  private readonly proxy: ProxyServer | null;

  constructor(
    private readonly addresses: AddressPolicy,
    resolver: HostResolver,
    private readonly clock: Clock,
    options: ConnectorOptions = {},
  ) {
    this.guard = new GuardedLookup(addresses, resolver);
    this.timeout = options.connectTimeout ?? 5000;
    this.identities = new TlsIdentities(options.ca);
    this.proxy = options.proxy ?? null;
  }

  /** What the `connect` option of undici's dispatchers does, as one who shows a certificate or none. */
  connect(
    target: buildConnector.Options,
    callback: buildConnector.Callback,
    identity: ClientIdentity | null = null,
  ): void {
    if (isIP(target.hostname) !== 0 && !this.addresses.allows(target.hostname)) {
      process.nextTick(callback, blocked(), null);
      return;
    }
    const opening = new OpeningConnection();
    const timer = this.clock.setTimer(
      () => opening.giveUp(new ConnectionError('timeout', 'No connection within the time limit.')),
      this.timeout,
    );
    const end = (...result: Parameters<buildConnector.Callback>) => {
      timer.cancel();
      this.opening.delete(opening);
      callback(...result);
    };
    this.opening.add(opening);
    this.open(target, identity, opening).then(
      (socket) => end(null, socket),
      (error: unknown) => {
        const fault = toConnectionError(error, target.protocol === 'https:');
        opening.giveUp(fault);
        end(fault, null);
      },
    );
  }

  /** Gives up the connections that are being opened. */
  abort(): void {
    for (const opening of this.opening) {
      opening.giveUp(
        new ConnectionError('aborted', 'The connection was given up by this process.'),
      );
    }
  }

  private async open(
    target: buildConnector.Options,
    identity: ClientIdentity | null,
    opening: OpeningConnection,
  ): Promise<Socket> {
    const secure = target.protocol === 'https:';
    const { hostname } = target;
    const host = { hostname, port: Number(target.port || (secure ? 443 : 80)) };
    if (this.proxy === null) return this.dial(host, secure, identity, opening);
    const tunnel = await this.openTunnel(this.proxy, host, opening);
    if (!secure) return tunnel;
    const socket = this.tryTls(host, identity, { socket: tunnel });
    await opening.reach(socket, 'secureConnect');
    return socket;
  }

  private async openTunnel(
    proxy: ProxyServer,
    { hostname, port }: Host,
    opening: OpeningConnection,
  ): Promise<Socket> {
    const name = isIPv6(hostname) ? `[${hostname}]` : hostname;
    try {
      const socket = await this.dial(proxy, proxy.secure, null, opening);
      await openTunnel(socket, `${name}:${port}`, proxy.authorization);
      return socket;
    } catch (error) {
      throw toProxyFailure(error);
    }
  }

  private async dial(
    host: Host,
    secure: boolean,
    identity: ClientIdentity | null,
    opening: OpeningConnection,
  ): Promise<Socket> {
    const way = { port: host.port, lookup: this.guard.lookup, autoSelectFamily: true };
    const socket = secure
      ? this.tryTls(host, identity, way)
      : connectTcp({ ...way, ...LIVELY, host: host.hostname });
    await opening.reach(socket, 'connect');
    this.guard.checkPeer(socket);
    if (secure) await opening.reach(socket, 'secureConnect');
    return socket;
  }

  private tryTls(host: Host, identity: ClientIdentity | null, way: Way): Socket {
    try {
      return this.openTls(host, identity, way);
    } catch {
      throw new ConnectionError(
        'tls',
        'The client certificate cannot be used. Give the subscription another one.',
      );
    }
  }

  private openTls({ hostname, port }: Host, identity: ClientIdentity | null, way: Way): Socket {
    const key = `${hostname}:${port}`;
    const options: ConnectionOptions = {
      ...way,
      ...LIVELY,
      // Also over a tunnel: a certificate for an address is checked against this.
      host: hostname,
      // A trailing dot belongs to the name but not into the handshake (RFC 6066).
      servername: isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : '',
      secureContext: this.identities.contextOf(identity),
      // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED changes the default.
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
      session: this.identities.sessionOf(key, identity),
    };
    const socket = connectTls(options);
    socket.on('session', (session) => this.identities.keepSession(key, identity, session));
    return socket;
  }
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
