import { Injectable } from '@nestjs/common';
import { DeliveriesService } from './delivery/deliveries.service.js';
import { Dispatcher, SendOptions, SendResult } from './delivery/dispatcher.js';
import { StubClass, TypedSender, TypedSenders } from './delivery/typed-sender.js';
import type { WebhookDocumentOptions } from './openapi/documentation.options.js';
import { EventTypeDescriber } from './openapi/event-type.describer.js';
import type { EventTypeInfo } from './openapi/event-type.info.js';
import type { TenantOptions } from './platform/tenant.js';
import type { CreateSubscription } from './subscriptions/create-subscription.dto.js';
import type { SubscriptionWithSecret } from './subscriptions/subscription.js';
import { SubscriptionsService } from './subscriptions/subscriptions.service.js';

/** Sends events and manages who receives them: what an application injects. */
@Injectable()
export class WebhookService {
  constructor(
    /** Who is told of what, and where. */
    readonly subscriptions: SubscriptionsService,
    /** What was sent, what came of it, and sending it again. */
    readonly deliveries: DeliveriesService,
    private readonly dispatcher: Dispatcher,
    private readonly senders: TypedSenders,
    private readonly describer: EventTypeDescriber,
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
   * @param stubs the class; an abstract one stands for the provider that extends it
   * @example await webhooks.of(OrderWebhooks).orderPaid({ id: 'o_1', total: 4200 });
   * @throws UnknownWebhookClassError when the class declares no webhook
   */
  of<T extends object>(stubs: StubClass<T>): TypedSender<T> {
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

  /**
   * What can be subscribed to, in order of the names: one entry for each event type and HTTP method,
   * with descriptions, example and the JSON Schema of the body. It needs no OpenAPI document. What
   * `@ApiExcludeEndpoint()` hides from one is left out here too. Made when it is first asked for; the
   * answer is frozen.
   *
   * @param options as `extendDocument` takes them; only bodies with a Standard Schema may need one
   * @throws UndocumentedBodyError when a body's Standard Schema cannot be turned into JSON Schema
   * @throws SchemaNameConflictError when two different DTO classes in one body have one schema name
   */
  events(options?: WebhookDocumentOptions): readonly EventTypeInfo[] {
    return this.describer.describe(options);
  }
}
