import { lookup } from 'node:dns/promises';
import { HostResolver, ResolvedAddress } from './host.resolver.js';

/**
 * The operating system's name resolution: the default {@link HostResolver}.
 *
 * It occupies a thread of Node's pool (4 by default) while it lasts, so only some names are resolved
 * at once, and each of them once however many ask: a slow name server then leaves threads to the rest
 * of the process.
 */
export class SystemHostResolver extends HostResolver {
  private readonly underWay = new Map<string, Promise<readonly ResolvedAddress[]>>();
  private readonly waiting: (() => void)[] = [];
  private free: number;

  /** @param concurrency how many names are resolved at once; 3 by default */
  constructor(
    concurrency = 3,
    private readonly query: (hostname: string) => Promise<readonly ResolvedAddress[]> = lookupAll,
  ) {
    super();
    this.free = concurrency;
  }

  resolve(hostname: string): Promise<readonly ResolvedAddress[]> {
    let answer = this.underWay.get(hostname);
    if (answer === undefined) {
      answer = this.enqueue(hostname).finally(() => this.underWay.delete(hostname));
      this.underWay.set(hostname, answer);
    }
    return answer;
  }

  private async enqueue(hostname: string): Promise<readonly ResolvedAddress[]> {
    if (this.free > 0) {
      this.free -= 1;
    } else {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await this.query(hostname);
    } finally {
      const next = this.waiting.shift();
      if (next) {
        next();
      } else {
        this.free += 1;
      }
    }
  }
}

async function lookupAll(hostname: string): Promise<readonly ResolvedAddress[]> {
  const addresses = await lookup(hostname, { all: true });
  return addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}
