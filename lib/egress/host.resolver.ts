/** An address a name resolves to. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Name resolution, as a port: the operating system's by default. */
export abstract class HostResolver {
  /** All addresses of a name. Rejects when there is none. */
  abstract resolve(hostname: string): Promise<readonly ResolvedAddress[]>;
}
