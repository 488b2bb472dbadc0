import type { SchemeOptions } from '../signing/signing.options.js';
import type { IdempotencyStore } from './idempotency.store.js';

/**
 * Finds the secrets of a request that is not verified yet, for example by a path parameter. Without an
 * answer the request is refused as any other that cannot be verified.
 *
 * @param request the platform's request: Express's or Fastify's
 */
export type SecretResolver<Request = unknown> = (
  request: Request,
) => SecretsFound | Promise<SecretsFound>;

/** One secret, several, or none. */
export type SecretsFound = string | readonly string[] | null | undefined;

/** Where the secrets come from: one of the three. */
export type SecretSource<Request = unknown> =
  | { readonly secret: string; readonly secrets?: undefined; readonly resolver?: undefined }
  | {
      /** Several that are valid at once, while one is rotated. */
      readonly secrets: readonly string[];
      readonly secret?: undefined;
      readonly resolver?: undefined;
    }
  | {
      readonly resolver: SecretResolver<Request>;
      readonly secret?: undefined;
      readonly secrets?: undefined;
    };

/** Options of {@link VerifyWebhook}. Durations are milliseconds. */
export type VerifyWebhookOptions<Request = unknown> = SecretSource<Request> &
  SchemeOptions & {
    /**
     * How far the timestamp may be from the receiver's time, for schemes that have one.
     * @default 300000 (5 minutes)
     */
    readonly tolerance?: number;
    /**
     * Largest body in bytes; a larger one is answered 413 before anything is computed of it. The
     * platform's own limit comes first: 100 kB on Express, 1 MiB on Fastify.
     * @default 1048576
     */
    readonly bodyLimit?: number;
    /**
     * Whether the handler runs once per webhook id. `false` lets repeats through.
     * @default {}
     */
    readonly idempotency?: false | IdempotencyOptions<Request>;
  };

/** How a repeat is recognised and for how long. Durations are milliseconds. */
export interface IdempotencyOptions<Request = unknown> {
  /**
   * What remembers the ids.
   * @default the provided IdempotencyStore; without one, the memory of this process
   */
  readonly store?: IdempotencyStore;
  /**
   * How long a handled id is remembered: at least as long as the sender tries.
   * @default 604800000 (7 days)
   */
  readonly ttl?: number;
  /**
   * How long a handler may take until its process counts as dead and a repeat is handled.
   * @default 300000 (5 minutes)
   */
  readonly lease?: number;
  /**
   * Within what an id is unique. Two sources may use the same id.
   * @default the handler, its route and the values of the route's parameters
   */
  readonly source?: string | ((request: Request) => string);
}
