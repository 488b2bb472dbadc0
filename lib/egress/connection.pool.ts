import { LRUCache } from 'lru-cache';
import { Client } from 'undici';
import type { ClientIdentity } from './client.identity.js';
import type { GuardedConnector } from './guarded.connector.js';

// An origin without requests still holds about 40 kB.
const ORIGINS_KEPT = 1_000;

/** Longest time in milliseconds that an idle connection is kept, also if the receiver wants longer. */
const IDLE_LIMIT = 30_000;

/** Bytes of all headers of an answer together. */
const HEADER_LIMIT = 16_384;

/** A connection that is in use. */
export interface Connection {
  /** Connections with the same key can take each other's place. */
  readonly key: string;
  readonly client: Client;
}

/**
 * Keeps connections alive for the next request to their origin, up to a number of origins: then those
 * of the least recently used are closed. How many are in use at once is the caller's to bound.
 *
 * Undici's own pool opens a second connection when a request follows another without a pause.
 */
export class ConnectionPool {
  /** In use, or being closed after it. */
  private readonly used = new Set<Client>();
  private readonly idle: LRUCache<string, Client[]>;

  constructor(
    private readonly connector: GuardedConnector,
    originsKept = ORIGINS_KEPT,
  ) {
    this.idle = new LRUCache<string, Client[]>({
      max: originsKept,
      dispose: (clients) => clients.forEach(destroy),
    });
  }

  /** How many origins have idle connections. */
  get size(): number {
    return this.idle.size;
  }

  /** An idle connection, or one that opens with the first request. */
  acquire(origin: string, identity: ClientIdentity | null = null): Connection {
    const key = identity === null ? origin : `${origin} ${identity.id}`;
    // The one last used: so that the others are idle long enough to be closed.
    const client = this.idle.get(key)?.pop() ?? this.create(key, origin, identity);
    this.used.add(client);
    return { key, client };
  }

  /** Takes a connection back; it is closed unless `reusable`. */
  release({ key, client }: Connection, reusable: boolean): void {
    if (!reusable) {
      // Undici reports the end of a request before it has tidied up after it.
      queueMicrotask(() => void client.destroy().then(() => this.used.delete(client)));
      return;
    }
    this.used.delete(client);
    const clients = this.idle.get(key);
    if (clients) {
      clients.push(client);
    } else {
      this.idle.set(key, [client]);
    }
  }

  /** Closes every connection, whatever is under way on it. */
  async abort(): Promise<void> {
    this.connector.abort();
    const clients = [...this.used, ...[...this.idle.values()].flat()];
    await Promise.all(clients.map((client) => client.destroy()));
    this.idle.clear();
  }

  private create(key: string, origin: string, identity: ClientIdentity | null): Client {
    const client = new Client(origin, {
      connect: (target, callback) => this.connector.connect(target, callback, identity),
      // Each exchange has one deadline of its own for all of this.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveMaxTimeout: IDLE_LIMIT,
      maxHeaderSize: HEADER_LIMIT,
    });
    return client.on('disconnect', () => this.forget(key, client));
  }

  private forget(key: string, client: Client): void {
    const clients = this.idle.peek(key) ?? [];
    const index = clients.indexOf(client);
    if (index !== -1) {
      clients.splice(index, 1);
      queueMicrotask(() => destroy(client));
    }
    if (clients.length === 0) {
      this.idle.delete(key);
    }
  }
}

function destroy(client: Client): void {
  // Resolves when the socket is closed, and never rejects.
  void client.destroy();
}
