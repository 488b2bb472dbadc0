import { Injectable, Type } from '@nestjs/common';
import { WebhookCatalog } from './catalog/webhook.catalog.js';
import { DeliveriesService } from './delivery/deliveries.service.js';
import { Dispatcher, SendOptions, SendResult } from './delivery/dispatcher.js';
import { TypedSender, TypedSenders } from './delivery/typed-sender.js';
import type { TenantOptions } from './platform/tenant.js';
import type { WebhookMethod } from './store/webhook-method.js';
import type { CreateSubscription } from './subscriptions/create-subscription.dto.js';
import type { SubscriptionWithSecret } from './subscriptions/subscription.js';
import { SubscriptionsService } from './subscriptions/subscriptions.service.js';

/** A declared event type, for showing what can be subscribed to. */
export interface EventTypeInfo {
  readonly name: string;
  /** HTTP methods it is declared with. */
  readonly methods: readonly WebhookMethod[];
}

/** Sends events and manages who receives them: what an application injects. */
@Injectable()
export class WebhookService {
  constructor(
    /** Who is told of what, and where. */
    readonly subscriptions: SubscriptionsService,
    /** What was sent, what came of it, and sending it again. */
    readonly deliveries: DeliveriesService,
    private readonly catalog: WebhookCatalog,
    private readonly dispatcher: Dispatcher,
    private readonly senders: TypedSenders,
  ) {}

  /**
   * Accepts an event for every enabled subscription of the tenant that wants its type. Resolves when it
   * is accepted by the store, not when it is delivered.
   *
   * @param eventType name of a declared event type
   * @param payload what the stub declares as its body: an instance or plain data
   * @throws UnknownEventTypeError naming the nearest declared one
   * @throws PayloadValidationError naming each wrong field
   * @throws PayloadTooLargeError over `bodyLimit`
   * @throws IdempotencyConflictError when the key belongs to another event
   * @throws TransactionUnsupportedError when the store cannot take part in the transaction
   * @throws InvalidArgumentError for any other argument that cannot be used
   */
  async send(eventType: string, payload?: unknown, options?: SendOptions): Promise<SendResult> {
    return this.dispatcher.send(eventType, payload, options);
  }

  /**
   * The senders of a class of stubs, typed by the stubs themselves: a wrong body does not compile.
   *
   * @example await webhooks.of(OrderWebhooks).orderPaid({ id: 'o_1', total: 4200 });
   * @throws UnknownWebhookClassError when the class declares no webhook
   */
  of<T>(stubs: Type<T>): TypedSender<T> {
    return this.senders.of(stubs);
  }

  /** Short form of `subscriptions.create`. */
  async subscribe(
    input: CreateSubscription,
    options?: TenantOptions,
  ): Promise<SubscriptionWithSecret> {
    return this.subscriptions.create(input, options);
  }

  /** Short form of `subscriptions.delete`. */
  async unsubscribe(id: string, options?: TenantOptions): Promise<void> {
    return this.subscriptions.delete(id, options);
  }

  /** The declared event types, in order of their names. */
  events(): readonly EventTypeInfo[] {
    const methods = new Map<string, WebhookMethod[]>();
    for (const { type, method } of this.catalog.list()) {
      methods.set(type, [...(methods.get(type) ?? []), method]);
    }
    return [...methods.keys()].sort().map((name) => ({ name, methods: methods.get(name)! }));
  }
}
