import type { Provider } from '@nestjs/common';
import { WebhookCatalog } from './catalog/webhook.catalog.js';
import { WebhookExplorer } from './catalog/webhook.explorer.js';
import { WebhookMetadataAccessor } from './catalog/webhook-metadata.accessor.js';
import { AccessTokens } from './delivery/access.tokens.js';
import { Authorizer } from './delivery/authorizer.js';
import { BodySerializer } from './delivery/body.serializer.js';
import { Challenger } from './delivery/challenger.js';
import { DeliveriesService } from './delivery/deliveries.service.js';
import { DeliveryReporter } from './delivery/delivery.reporter.js';
import { DeliveryRunner } from './delivery/delivery.runner.js';
import { DeliveryWorker } from './delivery/delivery.worker.js';
import { Dispatcher } from './delivery/dispatcher.js';
import { OperatorNotifications } from './delivery/operator.notifications.js';
import { ExampleChecker } from './delivery/example.checker.js';
import { PayloadValidator } from './delivery/payload.validator.js';
import { Sender } from './delivery/sender.js';
import { Sweeper } from './delivery/sweeper.js';
import { TenantRateLimit } from './delivery/tenant.rate-limit.js';
import { TypedSenders } from './delivery/typed-sender.js';
import { MethodExplorer } from './discovery/method.explorer.js';
import { AddressPolicy } from './egress/address.policy.js';
import { AxiosTransport } from './egress/axios.transport.js';
import { DirectTransport } from './egress/direct.transport.js';
import { EgressClient } from './egress/egress.client.js';
import { checkedProxy } from './egress/proxy.server.js';
import { WebhookTransport } from './egress/transport.js';
import { UrlPolicy } from './egress/url.policy.js';
import { WebhookHttpService } from './egress/webhook-http.service.js';
import { DeliveryEngine } from './engine/delivery.engine.js';
import { FilterJudge } from './filter/filter.judge.js';
import { Notifier } from './notifications/notifier.js';
import { EventTypeDescriber } from './openapi/event-type.describer.js';
import { Clock } from './platform/clock.js';
import { IdFactory } from './platform/id.factory.js';
import { RESOLVED_OPTIONS, ResolvedOptions, resolveOptions } from './resolved.options.js';
import { exampleSignature } from './signing/signature.example.js';
import type { EventRecord } from './store/event.record.js';
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

const transports: Provider[] = [
  fromOptions(AddressPolicy, (options) => new AddressPolicy(options.egress)),
  {
    provide: UrlPolicy,
    inject: [RESOLVED_OPTIONS, AddressPolicy],
    useFactory: ({ egress }: ResolvedOptions, addresses: AddressPolicy) =>
      new UrlPolicy(egress, addresses),
  },
  { provide: WebhookHttpService, useFactory: () => new WebhookHttpService() },
  {
    provide: EgressClient,
    inject: [RESOLVED_OPTIONS, UrlPolicy, AddressPolicy],
    useFactory: (options: ResolvedOptions, urls: UrlPolicy, addresses: AddressPolicy) => {
      const { resolver, clock, connectTimeout, answerLimit, egress } = options;
      const { ca = [] } = egress;
      const proxy = checkedProxy(egress.proxy, addresses);
      const settings = { connectTimeout, answerLimit, ca, proxy };
      return new EgressClient(urls, addresses, resolver, clock, settings);
    },
  },
  {
    provide: WebhookTransport,
    inject: [RESOLVED_OPTIONS, EgressClient, WebhookHttpService],
    useFactory: (
      { transport }: ResolvedOptions,
      client: EgressClient,
      http: WebhookHttpService,
    ): WebhookTransport =>
      transport === 'direct' ? new DirectTransport(client) : new AxiosTransport(client, http),
  },
];

const subscriptions: Provider[] = [
  {
    provide: SubscriptionRules,
    inject: [RESOLVED_OPTIONS, WebhookCatalog, UrlPolicy],
    useFactory: (options: ResolvedOptions, catalog: WebhookCatalog, urls: UrlPolicy) => {
      const { headerPrefix, signatures, randomness, operator } = options;
      const signatureHeaders = Object.keys(exampleSignature(signatures, headerPrefix));
      const operatorTenant = operator?.tenant ?? null;
      const rules = { headerPrefix, signatures, signatureHeaders, operatorTenant };
      return new SubscriptionRules(rules, catalog, urls, randomness);
    },
  },
  {
    provide: SubscriptionsService,
    inject: [RESOLVED_OPTIONS, SubscriptionRules, Dispatcher, Challenger, IdFactory, Notifier],
    useFactory: (
      options: ResolvedOptions,
      rules: SubscriptionRules,
      dispatcher: Dispatcher,
      challenger: Challenger,
      ids: IdFactory,
      notifier: Notifier,
    ) => {
      const { store, clock } = options;
      const pings = new TenantRateLimit('pingRate', options.pingRate, clock);
      const ping: Dispatcher['ping'] = async (tenant, id, wish) => {
        pings.take(tenant);
        return dispatcher.ping(tenant, id, wish);
      };
      const challenge: Challenger['challenge'] = async (record) => {
        pings.take(record.tenant);
        return challenger.challenge(record);
      };
      const parts = { store, rules, ping, challenge, clock, ids, notifier };
      return new SubscriptionsService(options, parts);
    },
  },
];

const hooks: Provider[] = [
  MethodExplorer,
  {
    provide: Notifier,
    inject: [MethodExplorer],
    useFactory: (explorer: MethodExplorer) => new Notifier(explorer),
  },
  {
    provide: FilterJudge,
    inject: [RESOLVED_OPTIONS, WebhookCatalog, MethodExplorer],
    useFactory: (
      { clock, filter }: ResolvedOptions,
      catalog: WebhookCatalog,
      explorer: MethodExplorer,
    ) => new FilterJudge(catalog, explorer, clock, filter),
  },
  {
    provide: OperatorNotifications,
    inject: [RESOLVED_OPTIONS, Notifier, Dispatcher],
    useFactory: ({ operator }: ResolvedOptions, notifier: Notifier, dispatcher: Dispatcher) =>
      new OperatorNotifications(operator, notifier, dispatcher),
  },
];

const documentation: Provider[] = [
  {
    provide: EventTypeDescriber,
    inject: [RESOLVED_OPTIONS, WebhookCatalog],
    useFactory: ({ envelope }: ResolvedOptions, catalog: WebhookCatalog) =>
      new EventTypeDescriber(catalog, envelope),
  },
];

const delivery: Provider[] = [
  fromOptions(BodySerializer, (options) => new BodySerializer(options)),
  {
    provide: Dispatcher,
    inject: [RESOLVED_OPTIONS, WebhookCatalog, IdFactory, FilterJudge, BodySerializer],
    useFactory: (
      { store, engine, clock, unknownFields }: ResolvedOptions,
      catalog: WebhookCatalog,
      ids: IdFactory,
      judge: FilterJudge,
      serializer: BodySerializer,
    ) => {
      const validator = new PayloadValidator(unknownFields);
      return new Dispatcher({ catalog, validator, serializer, judge, store, engine, clock, ids });
    },
  },
  {
    provide: ExampleChecker,
    inject: [RESOLVED_OPTIONS, WebhookCatalog, BodySerializer],
    useFactory: (
      { unknownFields }: ResolvedOptions,
      catalog: WebhookCatalog,
      serializer: BodySerializer,
    ) => new ExampleChecker(catalog, serializer, unknownFields),
  },
  {
    provide: TypedSenders,
    inject: [WebhookCatalog, Dispatcher],
    useFactory: (catalog: WebhookCatalog, dispatcher: Dispatcher) =>
      new TypedSenders(catalog, dispatcher),
  },
  {
    provide: Sender,
    inject: [RESOLVED_OPTIONS, WebhookTransport, EgressClient],
    useFactory: (options: ResolvedOptions, transport: WebhookTransport, client: EgressClient) => {
      // Past the application's interceptors: these requests hold what is not theirs to see.
      const tokens = new AccessTokens(options, new DirectTransport(client), options.clock);
      return new Sender(options, transport, new Authorizer(tokens), options.clock);
    },
  },
  {
    provide: Challenger,
    inject: [RESOLVED_OPTIONS, Sender, BodySerializer, IdFactory],
    useFactory: (
      { clock, randomness }: ResolvedOptions,
      sender: Sender,
      serializer: BodySerializer,
      ids: IdFactory,
    ) => new Challenger({ sender, serializer, clock, ids, randomness }),
  },
  {
    provide: DeliveryWorker,
    inject: [RESOLVED_OPTIONS, WebhookTransport, Sender, Notifier, WebhookCatalog],
    useFactory: (
      options: ResolvedOptions,
      transport: WebhookTransport,
      sender: Sender,
      notifier: Notifier,
      catalog: WebhookCatalog,
    ) => {
      const { store, engine, clock, randomness, attemptLog } = options;
      const reporter = new DeliveryReporter(notifier, clock, attemptLog);
      const retryOf = ({ type, method }: EventRecord) => catalog.retryOf(type, method);
      const parts = { store, engine, sender, transport, reporter, retryOf, clock, randomness };
      return new DeliveryWorker(options, parts);
    },
  },
  {
    provide: Sweeper,
    inject: [RESOLVED_OPTIONS, DeliveryWorker, IdFactory],
    useFactory: (options: ResolvedOptions, worker: DeliveryWorker, ids: IdFactory) =>
      new Sweeper(options, options.store, worker, options.clock, ids.create('rep')),
  },
  {
    provide: DeliveriesService,
    inject: [RESOLVED_OPTIONS, WebhookCatalog, Dispatcher],
    useFactory: (
      { store, engine, clock, redeliverRate }: ResolvedOptions,
      catalog: WebhookCatalog,
      dispatcher: Dispatcher,
    ) => {
      const admits: Dispatcher['admits'] = (event, record) => dispatcher.admits(event, record);
      const limit = new TenantRateLimit('redeliverRate', redeliverRate, clock);
      return new DeliveriesService({ store, engine, catalog, clock, admits, limit });
    },
  },
  {
    provide: DeliveryRunner,
    inject: [RESOLVED_OPTIONS, DeliveryWorker, Sweeper],
    useFactory: (
      { role, store, engine }: ResolvedOptions,
      worker: DeliveryWorker,
      sweeper: Sweeper,
    ) => new DeliveryRunner(role !== 'accept', { store, engine, worker, sweeper }),
  },
];

/** Everything the module is made of. */
export const WEBHOOKS_PROVIDERS: Provider[] = [
  ...ports,
  WebhookMetadataAccessor,
  WebhookExplorer,
  WebhookCatalog,
  ...transports,
  ...subscriptions,
  ...delivery,
  ...hooks,
  ...documentation,
  WebhookService,
];

function fromOptions<T>(
  provide: (abstract new (...parameters: never[]) => T) & object,
  useFactory: (options: ResolvedOptions) => T,
): Provider {
  return { provide, inject: [RESOLVED_OPTIONS], useFactory };
}
