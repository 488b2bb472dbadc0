import type { WebhookCatalog } from '../catalog/webhook.catalog.js';
import { patternsOf } from '../catalog/event-type.js';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import type { DeliveryEngine } from '../engine/delivery.engine.js';
import type { FilterJudge, JudgedEvent } from '../filter/filter.judge.js';
import type { Clock } from '../platform/clock.js';
import type { IdFactory } from '../platform/id.factory.js';
import { checkedText, TenantOptions, tenantOf } from '../platform/tenant.js';
import type { EventIdempotency, EventRecord } from '../store/event.record.js';
import type { SubscriptionRecord } from '../store/subscription.record.js';
import type { WebhookMethod } from '../store/webhook-method.js';
import type { AcceptTarget, Acceptance, WebhookStore } from '../store/webhook.store.js';
import type { BodySerializer } from './body.serializer.js';
import { exampleTypeOf } from './example.event.js';
import { IdempotencyConflictError } from './idempotency-conflict.error.js';
import { MissingExampleError } from './missing-example.error.js';
import { PING_DEFINITION } from './ping.event.js';
import { SubscriptionDisabledError } from '../subscriptions/subscription-disabled.error.js';
import type { PingResult, PingWish } from '../subscriptions/ping.options.js';
import type { PayloadValidator } from './payload.validator.js';

/** Options of `send`. */
export interface SendOptions extends TenantOptions {
  /**
   * Makes a repeated call the same event: 1 to 256 characters, unique per event in the tenant. It is
   * remembered as long as the event.
   */
  readonly idempotencyKey?: string;
  /**
   * Orders events: to each subscription, those of a tenant with the same key are delivered in the order
   * in which they were accepted, each when the one before has succeeded, used up its tries or was
   * cancelled. 1 to 256 characters, for example the id of what the events are about. Others are not held
   * up. A repeat by `idempotencyKey` leaves the first event's key as it is.
   * @default none: events go out at once, in no certain order
   */
  readonly orderingKey?: string;
  /**
   * The caller's own database transaction: the event is accepted in it, so that a rollback sends
   * nothing and a commit cannot lose it. For stores that keep their data in that database.
   */
  readonly transaction?: unknown;
  /** Needed only for an event type that is declared with more than one HTTP method. */
  readonly method?: WebhookMethod;
}

/** Answer of `send`. */
export interface SendResult {
  /** `evt_…`: the `webhook-id` of every request of this event. */
  readonly eventId: string;
  /** How many subscriptions it goes to. */
  readonly deliveries: number;
}

/** The parts a {@link Dispatcher} works with. */
export interface DispatcherParts {
  readonly catalog: WebhookCatalog;
  readonly validator: PayloadValidator;
  readonly serializer: BodySerializer;
  readonly judge: FilterJudge;
  readonly store: WebhookStore;
  readonly engine: DeliveryEngine;
  readonly clock: Clock;
  readonly ids: IdFactory;
}

/** Turns a payload into an accepted event: validated, serialised once, stored with its deliveries. */
export class Dispatcher {
  private readonly patterns = new Map<string, readonly string[]>();

  constructor(private readonly parts: DispatcherParts) {}

  async send(eventType: string, payload: unknown, options?: SendOptions): Promise<SendResult> {
    return this.sendAs(this.parts.catalog.require(eventType, options?.method), payload, options);
  }

  async sendAs(
    definition: WebhookDefinition,
    payload: unknown,
    options?: SendOptions,
  ): Promise<SendResult> {
    const tenant = tenantOf(options);
    const key = options?.idempotencyKey;
    if (key !== undefined) checkedText('idempotencyKey', key, 256);
    const orderingKey = options?.orderingKey;
    if (orderingKey !== undefined) checkedText('orderingKey', orderingKey, 256);
    const data = await this.parts.validator.check(definition, payload);
    const fingerprint =
      key === undefined ? null : this.parts.serializer.fingerprint(definition, data);
    const { eventId, deliveryIds } = await this.accept({
      definition,
      data,
      tenant,
      targetOf: (event) => this.matching(event),
      idempotency: key === undefined || fingerprint === null ? null : { key, fingerprint },
      orderingKey: orderingKey ?? null,
      transaction: options?.transaction,
    });
    return { eventId, deliveries: deliveryIds.length };
  }

  /** Accepts a test event for one subscription. */
  async ping(tenant: string, subscriptionId: string, wish: PingWish): Promise<PingResult> {
    const { eventType, method } = wish;
    const { eventId, deliveryIds } = await this.accept({
      ...(eventType === undefined
        ? { definition: PING_DEFINITION, data: { subscriptionId } }
        : await this.exampleOf(this.parts.catalog.require(eventType, method))),
      tenant,
      targetOf: () => ({ subscriptionId }),
    });
    const deliveryId = deliveryIds[0];
    if (deliveryId === undefined) throw new SubscriptionDisabledError();
    return { eventId, deliveryId };
  }

  private async exampleOf(definition: WebhookDefinition) {
    const { type, body, example } = definition;
    if (example === undefined && body.kind !== 'none') throw new MissingExampleError(definition);
    const data = await this.parts.validator.check(definition, example);
    return { definition, data, recordedAs: exampleTypeOf(type) };
  }

  /** Accepts a notification for the operator's subscriptions. */
  async notify(definition: WebhookDefinition, data: object, tenant: string): Promise<void> {
    const targetOf = (event: EventRecord): AcceptTarget => this.matching(event);
    await this.accept({ definition, data, tenant, targetOf });
  }

  /** Whether the filters let an event, accepted earlier, go to a subscription. */
  admits(event: EventRecord, subscription: SubscriptionRecord): boolean {
    return this.parts.judge.admits(this.judged(event), subscription);
  }

  private matching(event: EventRecord): AcceptTarget {
    const { judge } = this.parts;
    let judged: JudgedEvent | null = null;
    return {
      patterns: this.patternsOf(event.type),
      judgeAll: judge.concerns(event.type),
      // The body is read again only when there is something to judge.
      admits: (subscription) => judge.admits((judged ??= this.judged(event)), subscription),
    };
  }

  private patternsOf(type: string): readonly string[] {
    let patterns = this.patterns.get(type);
    if (patterns === undefined) this.patterns.set(type, (patterns = patternsOf(type)));
    return patterns;
  }

  private judged({ type, tenant, body }: EventRecord): JudgedEvent {
    return { eventType: type, tenant, payload: this.parts.serializer.payloadOf(body) };
  }

  /** Accepts an event whose data is valid already. */
  private async accept(accepted: {
    readonly definition: WebhookDefinition;
    readonly data: unknown;
    readonly recordedAs?: string;
    readonly tenant: string;
    readonly targetOf: (event: EventRecord) => AcceptTarget;
    readonly idempotency?: EventIdempotency | null;
    readonly orderingKey?: string | null;
    readonly transaction?: unknown;
  }): Promise<Acceptance> {
    const { definition, data, tenant, targetOf, transaction } = accepted;
    const { idempotency = null, orderingKey = null } = accepted;
    const { clock, ids, serializer, store, engine } = this.parts;
    const occurredAt = clock.now();
    const { method } = definition;
    const type = accepted.recordedAs ?? definition.type;
    const body = serializer.serialize(definition, data, occurredAt);
    const id = ids.create('evt');
    const event = { id, type, tenant, method, body, occurredAt, idempotency, orderingKey };
    const acceptance = await store.accept(event, targetOf(event), transaction);
    if (acceptance.fingerprint !== (idempotency?.fingerprint ?? null)) {
      throw new IdempotencyConflictError(acceptance.eventId);
    }
    // What stands in the caller's transaction is not there yet: the store tells when it is.
    if (acceptance.created && acceptance.deliveryIds.length > 0 && transaction === undefined) {
      engine.wake({ deliveryIds: acceptance.deliveryIds, dueIn: 0 });
    }
    return acceptance;
  }
}
