export { AmbiguousEventTypeError } from './catalog/ambiguous-event-type.error.js';
export { DuplicateWebhookError } from './catalog/duplicate-webhook.error.js';
export { ErasedBodyTypeError } from './catalog/erased-body-type.error.js';
export { InvalidEventTypeError } from './catalog/invalid-event-type.error.js';
export { InvalidExampleError } from './catalog/invalid-example.error.js';
export { InvalidWebhookMethodError } from './catalog/invalid-webhook-method.error.js';
export { InvalidWebhookOptionError } from './catalog/invalid-webhook-option.error.js';
export { InvalidWebhookStubError } from './catalog/invalid-webhook-stub.error.js';
export { ReservedEventTypeError } from './catalog/reserved-event-type.error.js';
export { UnknownEventTypeError } from './catalog/unknown-event-type.error.js';
export { UnknownWebhookClassError } from './catalog/unknown-webhook-class.error.js';
export { WebhookCatalog } from './catalog/webhook.catalog.js';
export type { WebhookHost } from './catalog/webhook.catalog.js';
export { Webhook } from './catalog/webhook.decorator.js';
export type { WebhookDeclarationOptions } from './catalog/webhook-declaration.options.js';
export type {
  StandardIssue,
  StandardResult,
  StandardSchema,
  WebhookBody,
  WebhookDefinition,
} from './catalog/webhook.definition.js';

export type { BackfillOptions, BackfillResult } from './delivery/backfill.js';
export { DeliveriesService } from './delivery/deliveries.service.js';
export type { ListDeliveriesOptions, ReplayOptions } from './delivery/deliveries.service.js';
export type { Attempt, Delivery, DeliveryWithAttempts } from './delivery/delivery.js';
export { DeliveryInFlightError } from './delivery/delivery-in-flight.error.js';
export { DeliveryNotFoundError } from './delivery/delivery-not-found.error.js';
export type { AttemptLog } from './delivery/delivery.reporter.js';
export type { SendOptions, SendResult } from './delivery/dispatcher.js';
export { EventExpungedError } from './delivery/event-expunged.error.js';
export { EventNotFoundError } from './delivery/event-not-found.error.js';
export { IdempotencyConflictError } from './delivery/idempotency-conflict.error.js';
export { MissingExampleError } from './delivery/missing-example.error.js';
export { NotAStubError } from './delivery/not-a-stub.error.js';
export { PayloadTooLargeError } from './delivery/payload-too-large.error.js';
export { PayloadValidationError } from './delivery/payload-validation.error.js';
export type { PayloadProblem } from './delivery/payload-validation.error.js';
export type { KeepAnswers } from './delivery/sender.js';
export { TooManyRequestsError } from './delivery/too-many-requests.error.js';
export type { StubClass, StubSender, TypedSender } from './delivery/typed-sender.js';

export { ProviderScopeError } from './discovery/provider-scope.error.js';

export { BlockedUrlError } from './egress/blocked-url.error.js';
export type { UrlRule } from './egress/blocked-url.error.js';
export { ConnectionError } from './egress/connection.error.js';
export type { EgressOptions } from './egress/egress.options.js';
export { HostResolver } from './egress/host.resolver.js';
export type { ResolvedAddress } from './egress/host.resolver.js';
export { HttpServiceMisuseError } from './egress/http-service-misuse.error.js';
export { InvalidEgressOptionError } from './egress/invalid-egress-option.error.js';
export { SystemHostResolver } from './egress/system.resolver.js';
export type { SystemHostResolverOptions } from './egress/system.resolver.js';
export { WebhookHttpService } from './egress/webhook-http.service.js';

export { DeliveryEngine } from './engine/delivery.engine.js';
export type { DeliveryHint, DueRunner } from './engine/delivery.engine.js';
export { InProcessEngine } from './engine/in-process/in-process.engine.js';

export { FilterFailedError } from './filter/filter-failed.error.js';
export { WebhookFilter } from './filter/webhook-filter.decorator.js';
export type { FilterQuestion, WebhookFilterFunction } from './filter/webhook-filter.decorator.js';

export { OnWebhookNotification } from './notifications/on-webhook-notification.decorator.js';
export type { OperatorOptions } from './notifications/operator.webhooks.js';
export type {
  WebhookNotificationName,
  WebhookNotifications,
} from './notifications/webhook.notification.js';

export type { EventTypeInfo } from './openapi/event-type.info.js';
export type { JsonSchema } from './openapi/json.schema.js';
export { OpenApiVersionError } from './openapi/openapi-version.error.js';
export { SchemaNameConflictError } from './openapi/schema-name-conflict.error.js';
export { UndocumentedBodyError } from './openapi/undocumented-body.error.js';
export { WebhookClashError } from './openapi/webhook-clash.error.js';
export type { WebhookDocumentOptions } from './openapi/documentation.options.js';

export { Clock } from './platform/clock.js';
export type { ClockTimer } from './platform/clock.js';
export { InvalidArgumentError } from './platform/invalid-argument.error.js';
export type { Page, PageOptions } from './platform/paging.js';
export { Randomness } from './platform/randomness.js';
export { SystemClock } from './platform/system.clock.js';
export { SystemRandomness } from './platform/system.randomness.js';
export { DEFAULT_TENANT } from './platform/tenant.js';
export type { TenantOptions } from './platform/tenant.js';

export { IdempotencyStore } from './receiver/idempotency.store.js';
export type { IdempotencyState } from './receiver/idempotency.store.js';
export { InMemoryIdempotencyStore } from './receiver/in-memory.idempotency.store.js';
export type { InMemoryIdempotencyStoreOptions } from './receiver/in-memory.idempotency.store.js';
export { RawBodyMissingError } from './receiver/raw-body-missing.error.js';
export { ReceiverOptionsError } from './receiver/receiver-options.error.js';
export { VerifyWebhook } from './receiver/verify-webhook.decorator.js';
export type {
  IdempotencyOptions,
  SecretResolver,
  SecretSource,
  SecretsFound,
  VerifyWebhookOptions,
} from './receiver/verify-webhook.options.js';
export { VerifyWebhookMissingError } from './receiver/verify-webhook-missing.error.js';
export { WebhookNotVerifiedError } from './receiver/webhook-not-verified.error.js';
export { WebhookSignatureGuard } from './receiver/webhook-signature.guard.js';

export { DEFAULT_RETRY, exponential, fixed } from './schedule/retry.schedules.js';
export type { ExponentialOptions } from './schedule/retry.schedules.js';

export { github } from './signing/github.scheme.js';
export { hmacHex } from './signing/hmac-hex.scheme.js';
export type { HmacHexOptions } from './signing/hmac-hex.scheme.js';
export { InvalidSecretError } from './signing/invalid-secret.error.js';
export { InvalidSignatureOptionError } from './signing/invalid-signature-option.error.js';
export type {
  SignatureInput,
  SignatureScheme,
  SignedHeaders,
  SignedRequest,
  VerificationOptions,
  VerifiedWebhook,
} from './signing/signature.scheme.js';
export type { KeyPurpose, SigningKey } from './signing/signing-key.js';
export { standardWebhooks } from './signing/standard-webhooks.scheme.js';
export { stripe } from './signing/stripe.scheme.js';
export { WebhookVerificationError } from './signing/webhook-verification.error.js';
export type { VerificationFailure } from './signing/webhook-verification.error.js';

export type { AttemptOutcome, AttemptRecord, AttemptResult } from './store/attempt.record.js';
export type { Backfilled, BackfillRequest } from './store/backfill.request.js';
export type { EncryptionKey } from './store/codec/encryption.key.js';
export { UnreadableRecordError } from './store/codec/unreadable-record.error.js';
export type { DeliveryRecord, DeliveryStatus } from './store/delivery.record.js';
export type { EventIdempotency, EventRecord } from './store/event.record.js';
export { InMemoryWebhookStore } from './store/memory/in-memory-webhook.store.js';
export type { InMemoryWebhookStoreOptions } from './store/memory/in-memory-webhook.store.js';
export { TransactionUnsupportedError } from './store/memory/transaction-unsupported.error.js';
export type { FilterCondition, FilterValue, PayloadFilter } from './store/payload-filter.record.js';
export type { RetrySchedule } from './store/retry-schedule.record.js';
export type {
  DisabledReason,
  SecretRecord,
  SubscriptionRecord,
  SubscriptionState,
} from './store/subscription.record.js';
export type {
  BasicAuth,
  BearerAuth,
  ClientCertificate,
  OAuth2Auth,
  SubscriptionAuth,
} from './store/subscription-credentials.record.js';
export type { WebhookMethod } from './store/webhook-method.js';
export { WebhookStore } from './store/webhook.store.js';
export type {
  AcceptTarget,
  Acceptance,
  Claim,
  Claimed,
  ClaimRequest,
  DeliveryFilter,
  PageRequest,
  RestartAnswer,
  Settled,
  SettledDelivery,
  Settlement,
} from './store/webhook.store.js';

export { ChallengeFailedError } from './subscriptions/challenge-failed.error.js';
export { CreateSubscriptionDto } from './subscriptions/create-subscription.dto.js';
export type {
  CreateSubscription,
  UpdateSubscription,
} from './subscriptions/create-subscription.dto.js';
export type { PingOptions, PingResult } from './subscriptions/ping.options.js';
export { SubscriptionDisabledError } from './subscriptions/subscription-disabled.error.js';
export { SubscriptionLimitError } from './subscriptions/subscription-limit.error.js';
export { SubscriptionNotFoundError } from './subscriptions/subscription-not-found.error.js';
export { SubscriptionUnverifiedError } from './subscriptions/subscription-unverified.error.js';
export type {
  SecretView,
  Subscription,
  SubscriptionWithSecret,
} from './subscriptions/subscription.js';
export { SubscriptionsService } from './subscriptions/subscriptions.service.js';
export type { RotateSecretOptions } from './subscriptions/subscriptions.service.js';

export { WebhookService } from './webhook.service.js';
export { WebhooksError } from './webhooks.error.js';
export { WebhooksExceptionFilter } from './webhooks-exception.filter.js';
export { WebhooksModule } from './webhooks.module.js';
export type {
  BreakerSettings,
  ConcurrencyOptions,
  WebhooksModuleOptions,
  WebhooksRole,
} from './webhooks.options.js';
