import { lookup, Resolver } from 'node:dns/promises';
import { errorCode } from './failure.mapper.js';
import { HostResolver, ResolvedAddress } from './host.resolver.js';

/** Settings of {@link SystemHostResolver}. */
export interface SystemHostResolverOptions {
  /**
   * Addresses of the name servers to ask, with a port where it is not 53: `10.0.0.53`, `[::1]:5353`.
   * @default those of the operating system
   */
  readonly servers?: readonly string[];
}

type Query = (hostname: string) => Promise<readonly ResolvedAddress[]>;

const TIMEOUT = 2_000;
const TRIES = 2;
// The last stands for no name server at all: the name may be in the hosts file.
const UNKNOWN: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED']);

/**
 * The default {@link HostResolver}: asks the name servers of the operating system, and about names that
 * these do not know, the operating system itself, which has a hosts file and search domains too.
 *
 * A slow name server delays its own names alone. Questions to name servers hold no thread, and a name
 * asked for several times is one question. The operating system holds a thread for each question, and
 * Node gives two of four to all of them, so it is asked one at a time: the other is the application's.
 */
export class SystemHostResolver extends HostResolver {
  private readonly underWay = new Map<string, Promise<readonly ResolvedAddress[]>>();
  private lastInTurn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: SystemHostResolverOptions = {},
    private readonly askSystem: Query = lookupAll,
  ) {
    super();
  }

  resolve(hostname: string): Promise<readonly ResolvedAddress[]> {
    let answer = this.underWay.get(hostname);
    if (answer === undefined) {
      answer = this.ask(hostname).finally(() => this.underWay.delete(hostname));
      this.underWay.set(hostname, answer);
    }
    return answer;
  }

  private async ask(hostname: string): Promise<readonly ResolvedAddress[]> {
    const { addresses, failures } = await this.askServers(hostname);
    if (addresses.length > 0) return addresses;
    const failure = failures.find((error) => !UNKNOWN.has(errorCode(error)));
    if (failure !== undefined) throw failure;
    return this.inTurn(() => this.askSystem(hostname));
  }

  private async askServers(hostname: string) {
    // A new one each time: it reads anew which name servers there are.
    const resolver = new Resolver({ timeout: TIMEOUT, tries: TRIES });
    if (this.options.servers !== undefined) resolver.setServers(this.options.servers);
    const answers = await Promise.allSettled([
      resolver.resolve4(hostname).then((found) => found.map((address) => of(address, 4))),
      resolver.resolve6(hostname).then((found) => found.map((address) => of(address, 6))),
    ]);
    return {
      addresses: answers.flatMap((each) => (each.status === 'fulfilled' ? each.value : [])),
      failures: answers.flatMap((each): unknown[] =>
        each.status === 'rejected' ? [each.reason] : [],
      ),
    };
  }

  private inTurn<T>(question: () => Promise<T>): Promise<T> {
    const answer = this.lastInTurn.then(question);
    this.lastInTurn = answer.catch(() => undefined);
    return answer;
  }
}

async function lookupAll(hostname: string): Promise<readonly ResolvedAddress[]> {
  const addresses = await lookup(hostname, { all: true });
  return addresses.map(({ address, family }) => of(address, family === 6 ? 6 : 4));
}

function of(address: string, family: 4 | 6): ResolvedAddress {
  return { address, family };
}
