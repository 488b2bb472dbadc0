import type { Provider } from '@nestjs/common';
import { WebhookCatalog } from './catalog/webhook.catalog.js';
import { WebhookExplorer } from './catalog/webhook.explorer.js';
import { WebhookMetadataAccessor } from './catalog/webhook-metadata.accessor.js';
import { BodySerializer } from './delivery/body.serializer.js';
import { DeliveriesService } from './delivery/deliveries.service.js';
import { DeliveryRunner } from './delivery/delivery.runner.js';
import { DeliveryWorker } from './delivery/delivery.worker.js';
import { Dispatcher } from './delivery/dispatcher.js';
import { PayloadValidator } from './delivery/payload.validator.js';
import { Sender } from './delivery/sender.js';
import { Sweeper } from './delivery/sweeper.js';
import { TypedSenders } from './delivery/typed-sender.js';
import { AddressPolicy } from './egress/address.policy.js';
import { AxiosTransport } from './egress/axios.transport.js';
import { DirectTransport } from './egress/direct.transport.js';
import { EgressClient } from './egress/egress.client.js';
import { WebhookTransport } from './egress/transport.js';
import { UrlPolicy } from './egress/url.policy.js';
import { WebhookHttpService } from './egress/webhook-http.service.js';
import { DeliveryEngine } from './engine/delivery.engine.js';
import { Clock } from './platform/clock.js';
import { IdFactory } from './platform/id.factory.js';
import { RESOLVED_OPTIONS, ResolvedOptions, resolveOptions } from './resolved.options.js';
import { exampleSignature } from './signing/signature.example.js';
import { WebhookStore } from './store/webhook.store.js';
import { SubscriptionRules } from './subscriptions/subscription.rules.js';
import { SubscriptionsService } from './subscriptions/subscriptions.service.js';
import { WebhookService } from './webhook.service.js';
import { MODULE_OPTIONS_TOKEN } from './webhooks.module-definition.js';

/** What other modules may inject. */
export const EXPORTED_PROVIDERS = [
  WebhookService,
  WebhookCatalog,
  WebhookHttpService,
  WebhookStore,
  Clock,
] as const;

const ports: Provider[] = [
  { provide: RESOLVED_OPTIONS, inject: [MODULE_OPTIONS_TOKEN], useFactory: resolveOptions },
  fromOptions(WebhookStore, ({ store }) => store),
  fromOptions(DeliveryEngine, ({ engine }) => engine),
  fromOptions(Clock, ({ clock }) => clock),
  fromOptions(IdFactory, ({ clock, randomness }) => new IdFactory(clock, randomness)),
];

const egress: Provider[] = [
  fromOptions(AddressPolicy, (options) => new AddressPolicy(options.egress)),
  {
    provide: UrlPolicy,
    inject: [RESOLVED_OPTIONS, AddressPolicy],
    useFactory: ({ egress }: ResolvedOptions, addresses: AddressPolicy) =>
      new UrlPolicy(egress, addresses),
  },
  { provide: WebhookHttpService, useFactory: () => new WebhookHttpService() },
  {
    provide: WebhookTransport,
    inject: [RESOLVED_OPTIONS, UrlPolicy, AddressPolicy, WebhookHttpService],
    useFactory: (
      { resolver, clock, connectTimeout, transport }: ResolvedOptions,
      urls: UrlPolicy,
      addresses: AddressPolicy,
      http: WebhookHttpService,
    ): WebhookTransport => {
      const client = new EgressClient(urls, addresses, resolver, clock, { connectTimeout });
      return transport === 'direct'
        ? new DirectTransport(client)
        : new AxiosTransport(client, http);
    },
  },
];

const subscriptions: Provider[] = [
  {
    provide: SubscriptionRules,
    inject: [RESOLVED_OPTIONS, WebhookCatalog, UrlPolicy],
    useFactory: (options: ResolvedOptions, catalog: WebhookCatalog, urls: UrlPolicy) => {
      const { headerPrefix, signatures, randomness } = options;
      const signatureHeaders = Object.keys(exampleSignature(signatures, headerPrefix));
      const wire = { headerPrefix, signatures, signatureHeaders };
      return new SubscriptionRules(wire, catalog, urls, randomness);
    },
  },
  {
    provide: SubscriptionsService,
    inject: [RESOLVED_OPTIONS, SubscriptionRules, Dispatcher, IdFactory],
    useFactory: (
      { store, clock }: ResolvedOptions,
      rules: SubscriptionRules,
      dispatcher: Dispatcher,
      ids: IdFactory,
    ) => {
      const ping = (tenant: string, id: string) => dispatcher.ping(tenant, id);
      return new SubscriptionsService({ store, rules, ping, clock, ids });
    },
  },
];

const delivery: Provider[] = [
  {
    provide: Dispatcher,
    inject: [RESOLVED_OPTIONS, WebhookCatalog, IdFactory],
    useFactory: (options: ResolvedOptions, catalog: WebhookCatalog, ids: IdFactory) => {
      const { store, engine, clock } = options;
      const validator = new PayloadValidator(options.unknownFields);
      const serializer = new BodySerializer(options);
      return new Dispatcher({ catalog, validator, serializer, store, engine, clock, ids });
    },
  },
  {
    provide: TypedSenders,
    inject: [WebhookCatalog, Dispatcher],
    useFactory: (catalog: WebhookCatalog, dispatcher: Dispatcher) =>
      new TypedSenders(catalog, dispatcher),
  },
  {
    provide: DeliveryWorker,
    inject: [RESOLVED_OPTIONS, WebhookTransport],
    useFactory: (options: ResolvedOptions, transport: WebhookTransport) => {
      const { store, engine, clock, randomness } = options;
      const sender = new Sender(options, transport, clock);
      return new DeliveryWorker(options, { store, engine, sender, transport, clock, randomness });
    },
  },
  {
    provide: Sweeper,
    inject: [RESOLVED_OPTIONS, DeliveryWorker],
    useFactory: (options: ResolvedOptions, worker: DeliveryWorker) =>
      new Sweeper(options, options.store, worker, options.clock),
  },
  fromOptions(DeliveriesService, ({ store, engine }) => new DeliveriesService(store, engine)),
  DeliveryRunner,
];

/** Everything the module is made of. */
export const WEBHOOKS_PROVIDERS: Provider[] = [
  ...ports,
  WebhookMetadataAccessor,
  WebhookExplorer,
  WebhookCatalog,
  ...egress,
  ...subscriptions,
  ...delivery,
  WebhookService,
];

function fromOptions<T>(
  provide: (abstract new (...parameters: never[]) => T) & object,
  useFactory: (options: ResolvedOptions) => T,
): Provider {
  return { provide, inject: [RESOLVED_OPTIONS], useFactory };
}
