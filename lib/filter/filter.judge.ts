import type { OnModuleInit } from '@nestjs/common';
import type { WebhookCatalog } from '../catalog/webhook.catalog.js';
import type { MethodExplorer } from '../discovery/method.explorer.js';
import type { Clock } from '../platform/clock.js';
import { matchesPattern } from '../store/pattern.js';
import type { SubscriptionRecord } from '../store/subscription.record.js';
import { toSubscription } from '../subscriptions/subscription.js';
import { FilterFailedError } from './filter-failed.error.js';
import { matchesFilter } from './payload-filter.matcher.js';
import { WEBHOOK_FILTER_METADATA, WebhookFilterFunction } from './webhook-filter.decorator.js';

interface CodeFilter {
  readonly pattern: string;
  readonly admits: WebhookFilterFunction;
}

/** An event as filters see it. */
export interface JudgedEvent {
  readonly eventType: string;
  readonly tenant: string;
  readonly payload: unknown;
}

/** Decides which subscriptions get an event: by their own filters and by the application's. */
export class FilterJudge implements OnModuleInit {
  private found: readonly CodeFilter[] | null = null;

  /** @param option the filter of the module's options, if any */
  constructor(
    private readonly catalog: WebhookCatalog,
    private readonly explorer: MethodExplorer,
    private readonly clock: Clock,
    private readonly option: WebhookFilterFunction | null,
  ) {}

  onModuleInit(): void {
    this.found ??= this.explore();
  }

  /** Whether the application's own filters have a say about an event type. */
  concerns(eventType: string): boolean {
    return this.filtersOf(eventType).length > 0;
  }

  /** @throws FilterFailedError when a filter of the application does not answer */
  admits(event: JudgedEvent, subscription: SubscriptionRecord): boolean {
    if (subscription.filter !== null && !matchesFilter(subscription.filter, event.payload)) {
      return false;
    }
    const filters = this.filtersOf(event.eventType);
    if (filters.length === 0) return true;
    const question = { ...event, subscription: toSubscription(subscription, this.clock.now()) };
    return filters.every(({ admits }) => {
      let answer: unknown;
      try {
        answer = admits(question);
      } catch (cause) {
        throw new FilterFailedError(event.eventType, { cause });
      }
      if (typeof answer !== 'boolean') throw new FilterFailedError(event.eventType);
      return answer;
    });
  }

  private filtersOf(eventType: string): readonly CodeFilter[] {
    this.found ??= this.explore();
    if (this.found.length === 0) return this.found;
    return this.found.filter(({ pattern }) => matchesPattern(eventType, [pattern]));
  }

  private explore(): readonly CodeFilter[] {
    const methods = this.explorer.explore<string>(WEBHOOK_FILTER_METADATA);
    const decorated = methods.map(({ metadata, call }) => {
      this.catalog.requirePattern(metadata);
      return { pattern: metadata, admits: call as WebhookFilterFunction };
    });
    return this.option === null ? decorated : [...decorated, { pattern: '*', admits: this.option }];
  }
}
