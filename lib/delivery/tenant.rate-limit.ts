import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock.js';
import { TokenBucket } from './token.bucket.js';
import { TooManyRequestsError } from './too-many-requests.error.js';

const MOST_KNOWN = 20_000;

/** Bounds how often each tenant makes a call, in this process. */
export class TenantRateLimit {
  private readonly buckets = new LRUCache<string, TokenBucket>({ max: MOST_KNOWN });

  /**
   * @param option name of the option that `perMinute` comes from
   * @param perMinute calls a minute, all of them at once if need be
   */
  constructor(
    private readonly option: string,
    private readonly perMinute: number,
    private readonly clock: Clock,
  ) {}

  /** @throws TooManyRequestsError when the tenant has made too many calls */
  take(tenant: string): void {
    const now = this.clock.elapsed();
    let bucket = this.buckets.get(tenant);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.perMinute / 60, now, this.perMinute);
      this.buckets.set(tenant, bucket);
    }
    const wait = bucket.nextIn(now);
    if (wait > 0) throw new TooManyRequestsError(this.option, Math.ceil(wait / 1_000));
    bucket.take(now);
  }
}
