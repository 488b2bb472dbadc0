import type { Clock } from '../platform/clock.js';
import type { IdFactory } from '../platform/id.factory.js';
import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import { loadPage, Page, PageOptions } from '../platform/paging.js';
import { TenantOptions, tenantOf } from '../platform/tenant.js';
import type { Notifier } from '../notifications/notifier.js';
import type { DisabledReason, SubscriptionRecord } from '../store/subscription.record.js';
import type { WebhookStore } from '../store/webhook.store.js';
import { ChallengeFailedError } from './challenge-failed.error.js';
import type { ChallengeSender } from './challenge.sender.js';
import type { CreateSubscription, UpdateSubscription } from './create-subscription.dto.js';
import type { PingOptions, PingResult, PingSender } from './ping.options.js';
import { rotated } from './secret.rotation.js';
import { SubscriptionLimitError } from './subscription-limit.error.js';
import { SubscriptionDisabledError } from './subscription-disabled.error.js';
import { SubscriptionNotFoundError } from './subscription-not-found.error.js';
import { SubscriptionUnverifiedError } from './subscription-unverified.error.js';
import type { SubscriptionRules } from './subscription.rules.js';
import { Subscription, SubscriptionWithSecret, toSubscription } from './subscription.js';
import { ENABLED, isUnverified, unverified } from './subscription.states.js';

/** Options of `rotateSecret`. */
export interface RotateSecretOptions extends TenantOptions {
  /**
   * Milliseconds that the present secrets go on signing beside the new one: 0 to 7 days.
   * @default the module's `secretOverlap`: 24 h
   */
  readonly overlap?: number;
  /** The new secret. @default `whsec_` and 32 random bytes */
  readonly secret?: string;
}

/** The parts a {@link SubscriptionsService} works with. */
export interface SubscriptionsParts {
  readonly store: WebhookStore;
  readonly rules: SubscriptionRules;
  readonly ping: PingSender;
  readonly challenge: ChallengeSender;
  readonly clock: Clock;
  readonly ids: IdFactory;
  readonly notifier: Notifier;
}

/** What a {@link SubscriptionsService} needs of the module's options. */
export interface SubscriptionsOptions {
  readonly subscriptionsPerTenant: number;
  readonly secretOverlap: number;
  /** Whether receivers have to answer a challenge before their subscriptions are enabled. */
  readonly challenge: boolean;
}

const ID = /^sub_[0-9a-f]{32}$/;
const DAY = 24 * 60 * 60 * 1_000;

/** Who is told of what, and where: `webhooks.subscriptions`. */
export class SubscriptionsService {
  constructor(
    private readonly options: SubscriptionsOptions,
    private readonly parts: SubscriptionsParts,
  ) {}

  /**
   * Creates a subscription, enabled at once, and its secret, which is shown this once. With the option
   * `challenge` it is disabled as `unverified` until {@link verify} has enabled it: the receiver may need
   * the secret before it can answer. Deprecated event types are taken like others.
   *
   * @throws InvalidArgumentError, BlockedUrlError, InvalidEventTypeError, UnknownEventTypeError or
   * InvalidSecretError for what cannot be used; then nothing is created
   * @throws SubscriptionLimitError when the tenant has as many as it may have
   */
  async create(
    input: CreateSubscription,
    options?: TenantOptions,
  ): Promise<SubscriptionWithSecret> {
    const { store, rules, clock, ids } = this.parts;
    const tenant = tenantOf(options);
    const { url, eventTypes, ...details } = rules.check(input, tenant);
    if (url === undefined) throw new InvalidArgumentError('url', 'Give the URL of the receiver.');
    if (eventTypes === undefined) {
      throw new InvalidArgumentError('eventTypes', 'Give a list of at least one event type.');
    }
    const secret = rules.checkSecret(input.secret);
    const now = clock.now();
    const record: SubscriptionRecord = {
      description: '',
      metadata: {},
      headers: {},
      auth: null,
      clientCertificate: null,
      retry: null,
      filter: null,
      concurrency: null,
      rateLimit: null,
      ...details,
      id: ids.create('sub'),
      tenant,
      url,
      eventTypes,
      secrets: [{ value: secret, createdAt: now, expiresAt: null }],
      ...(this.options.challenge ? unverified(now) : ENABLED),
      createdAt: now,
      updatedAt: now,
    };
    rules.checkWhole(record);
    const limit = this.options.subscriptionsPerTenant;
    if (!(await store.createSubscription(record, limit))) throw new SubscriptionLimitError(limit);
    return { ...toSubscription(record, now), secret };
  }

  /** @throws SubscriptionNotFoundError when the tenant has none with this id */
  async get(id: string, options?: TenantOptions): Promise<Subscription> {
    const record = await this.parts.store.getSubscription(tenantOf(options), checkId(id));
    return this.view(record);
  }

  /**
   * The tenant's subscriptions, newest first.
   * @throws InvalidArgumentError for a malformed cursor or limit
   */
  async list(options: TenantOptions & PageOptions = {}): Promise<Page<Subscription>> {
    const tenant = tenantOf(options);
    return loadPage(
      options,
      ID,
      (page) => this.parts.store.listSubscriptions(tenant, page),
      (record) => toSubscription(record, this.parts.clock.now()),
    );
  }

  /**
   * Changes the given fields. Deliveries that are pending already go to the new URL. With the option
   * `challenge` another URL is `unverified`: what is pending ends `cancelled`, and from `disabledAt` on
   * nothing is sent until {@link verify} has enabled it; `deliveries.replay` then sends what was missed.
   * Deprecated event types are taken like others.
   *
   * @throws SubscriptionNotFoundError when the tenant has none with this id
   * @throws InvalidArgumentError, BlockedUrlError, InvalidEventTypeError or UnknownEventTypeError for
   * what cannot be used; then nothing is changed
   */
  async update(
    id: string,
    changes: UpdateSubscription,
    options?: TenantOptions,
  ): Promise<Subscription> {
    const checked = this.parts.rules.check(changes, tenantOf(options));
    const { challenge } = this.options;
    let disabledNow = false;
    const subscription = await this.change(id, options, (current, now) => {
      const changed = this.parts.rules.checkWhole({ ...current, ...checked });
      const elsewhere = challenge && changed.url !== current.url;
      disabledNow = elsewhere && current.state === 'enabled';
      return elsewhere ? { ...changed, ...unverified(now) } : changed;
    });
    if (disabledNow) this.tellDisabled(subscription, 'unverified');
    return subscription;
  }

  /**
   * Deletes a subscription; its pending deliveries end `cancelled`.
   * @throws SubscriptionNotFoundError when the tenant has none with this id
   */
  async delete(id: string, options?: TenantOptions): Promise<void> {
    const deleted = await this.parts.store.deleteSubscription(tenantOf(options), checkId(id));
    if (!deleted) throw new SubscriptionNotFoundError();
  }

  /**
   * Makes a subscription match events again from now on.
   * @throws SubscriptionNotFoundError when the tenant has none with this id
   * @throws SubscriptionUnverifiedError when only {@link verify} may enable it
   */
  async enable(id: string, options?: TenantOptions): Promise<Subscription> {
    return this.change(id, options, (current) => {
      if (this.options.challenge && isUnverified(current)) throw new SubscriptionUnverifiedError();
      return { ...current, ...ENABLED };
    });
  }

  /**
   * Sends the receiver of an `unverified` subscription a signed `webhook.challenge` with a new token, and
   * enables the subscription when the answer is 2xx and holds the token. Takes up to `timeout`. A
   * subscription that is not `unverified` is returned as it is, and nothing is sent.
   *
   * @throws SubscriptionNotFoundError when the tenant has none with this id
   * @throws ChallengeFailedError when there is no such answer; then nothing is changed
   * @throws TooManyRequestsError over `pingRate`, in which pings count too
   */
  async verify(id: string, options?: TenantOptions): Promise<Subscription> {
    const asked = await this.parts.store.getSubscription(tenantOf(options), checkId(id));
    if (asked === null || !isUnverified(asked)) return this.view(asked);
    const mistake = await this.parts.challenge(asked);
    if (mistake !== null) throw new ChallengeFailedError(mistake);
    return this.change(id, options, (current) => {
      if (current.url !== asked.url)
        throw new ChallengeFailedError('the URL was changed meanwhile');
      return isUnverified(current) ? { ...current, ...ENABLED } : current;
    });
  }

  /**
   * Stops a subscription: no request to it starts any more, and its pending deliveries end
   * `cancelled`, those of a long backlog little by little.
   * @throws SubscriptionNotFoundError when the tenant has none with this id
   */
  async disable(id: string, options?: TenantOptions): Promise<Subscription> {
    let disabledNow = false;
    const subscription = await this.change(id, options, (current, now) => {
      disabledNow = current.state === 'enabled';
      if (!disabledNow) return current;
      return { ...current, state: 'disabled', disabledReason: 'manual', disabledAt: now };
    });
    if (disabledNow) this.tellDisabled(subscription, 'manual');
    return subscription;
  }

  /**
   * Gives a subscription a new secret, shown this once. The present ones go on signing beside it for
   * the overlap, so that the receiver can change over without missing anything.
   *
   * @throws SubscriptionNotFoundError when the tenant has none with this id
   * @throws InvalidArgumentError for an overlap outside 0 to 7 days, or an eleventh valid secret
   * @throws InvalidSecretError for a secret that cannot be used
   */
  async rotateSecret(id: string, options?: RotateSecretOptions): Promise<SubscriptionWithSecret> {
    const { overlap = this.options.secretOverlap, secret: given } = options ?? {};
    if (typeof overlap !== 'number' || !(overlap >= 0 && overlap <= 7 * DAY)) {
      throw new InvalidArgumentError('overlap', 'Give milliseconds from 0 to 7 days.');
    }
    const secret = this.parts.rules.checkSecret(given);
    const subscription = await this.change(id, options, (current, now) => ({
      ...current,
      secrets: rotated(current.secrets, secret, overlap, now),
    }));
    this.parts.notifier.emit('secret.rotated', () => about(subscription));
    return { ...subscription, secret };
  }

  /**
   * Sends one test event to this subscription alone, whatever it subscribes to, tried once: a
   * `webhook.ping`, or the example of an event type. The receiver cannot tell an example from a real
   * event; in the log its event type begins with `webhook.example.`, and no replay sends it elsewhere.
   *
   * @throws UnknownEventTypeError, InvalidEventTypeError or AmbiguousEventTypeError for the event type
   * @throws MissingExampleError when the event type has a body and declares no example
   * @throws SubscriptionNotFoundError when the tenant has none with this id
   * @throws SubscriptionDisabledError when it is disabled
   * @throws TooManyRequestsError over `pingRate`
   */
  async ping(id: string, options: PingOptions = {}): Promise<PingResult> {
    const { state, tenant } = await this.get(id, options);
    if (state === 'disabled') throw new SubscriptionDisabledError();
    return this.parts.ping(tenant, id, options);
  }

  private tellDisabled(subscription: Subscription, reason: DisabledReason): void {
    this.parts.notifier.emit('subscription.disabled', () => ({ ...about(subscription), reason }));
  }

  private async change(
    id: string,
    options: TenantOptions | undefined,
    change: (current: SubscriptionRecord, now: number) => SubscriptionRecord,
  ): Promise<Subscription> {
    const now = this.parts.clock.now();
    const record = await this.parts.store.updateSubscription(
      tenantOf(options),
      checkId(id),
      (current) => ({ ...change(current, now), updatedAt: now }),
    );
    return this.view(record);
  }

  private view(record: SubscriptionRecord | null): Subscription {
    if (record === null) throw new SubscriptionNotFoundError();
    return toSubscription(record, this.parts.clock.now());
  }
}

function about({ tenant, id, updatedAt }: Subscription) {
  return { tenant, subscriptionId: id, at: updatedAt };
}

/** An id that no subscription can have is answered like one that none has. */
function checkId(id: unknown): string {
  if (typeof id === 'string' && ID.test(id)) return id;
  throw new SubscriptionNotFoundError();
}
