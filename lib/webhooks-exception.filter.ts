import {
  ArgumentsHost,
  Catch,
  HttpException,
  HttpStatus,
  InternalServerErrorException,
} from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { InvalidEventTypeError } from './catalog/invalid-event-type.error.js';
import { UnknownEventTypeError } from './catalog/unknown-event-type.error.js';
import { DeliveryInFlightError } from './delivery/delivery-in-flight.error.js';
import { DeliveryNotFoundError } from './delivery/delivery-not-found.error.js';
import { EventExpungedError } from './delivery/event-expunged.error.js';
import { EventNotFoundError } from './delivery/event-not-found.error.js';
import { IdempotencyConflictError } from './delivery/idempotency-conflict.error.js';
import { MissingExampleError } from './delivery/missing-example.error.js';
import { PayloadTooLargeError } from './delivery/payload-too-large.error.js';
import { PayloadValidationError } from './delivery/payload-validation.error.js';
import { TooManyRequestsError } from './delivery/too-many-requests.error.js';
import { BlockedUrlError } from './egress/blocked-url.error.js';
import { InvalidArgumentError } from './platform/invalid-argument.error.js';
import { InvalidSecretError } from './signing/invalid-secret.error.js';
import { ChallengeFailedError } from './subscriptions/challenge-failed.error.js';
import { SubscriptionDisabledError } from './subscriptions/subscription-disabled.error.js';
import { SubscriptionLimitError } from './subscriptions/subscription-limit.error.js';
import { SubscriptionNotFoundError } from './subscriptions/subscription-not-found.error.js';
import { SubscriptionUnverifiedError } from './subscriptions/subscription-unverified.error.js';
import { WebhooksError } from './webhooks.error.js';

type ErrorClass = abstract new (...parameters: never[]) => WebhooksError;

const ANSWERS: readonly (readonly [HttpStatus, readonly ErrorClass[]])[] = [
  [
    HttpStatus.BAD_REQUEST,
    [
      InvalidArgumentError,
      InvalidEventTypeError,
      UnknownEventTypeError,
      BlockedUrlError,
      InvalidSecretError,
      PayloadValidationError,
      MissingExampleError,
    ],
  ],
  [HttpStatus.NOT_FOUND, [SubscriptionNotFoundError, DeliveryNotFoundError, EventNotFoundError]],
  [
    HttpStatus.CONFLICT,
    [
      IdempotencyConflictError,
      SubscriptionDisabledError,
      SubscriptionUnverifiedError,
      ChallengeFailedError,
      SubscriptionLimitError,
      DeliveryInFlightError,
      EventExpungedError,
    ],
  ],
  [HttpStatus.PAYLOAD_TOO_LARGE, [PayloadTooLargeError]],
  [HttpStatus.TOO_MANY_REQUESTS, [TooManyRequestsError]],
];

/**
 * Answers this package's errors over HTTP: 400 for what the client can mend, 404, 409, 413 and 429
 * (with `retry-after`) where they fit, 500 for the rest. The body is `{ statusCode, code, message }`.
 *
 * @example @UseFilters(WebhooksExceptionFilter)
 */
@Catch(WebhooksError)
export class WebhooksExceptionFilter extends BaseExceptionFilter {
  override catch(error: WebhooksError, host: ArgumentsHost): void {
    if (error instanceof TooManyRequestsError) {
      const adapter = this.applicationRef ?? this.httpAdapterHost?.httpAdapter;
      adapter?.setHeader?.(host.getArgByIndex(1), 'retry-after', String(error.retryAfter));
    }
    super.catch(toHttpException(error), host);
  }
}

function toHttpException(error: WebhooksError): HttpException {
  const found = ANSWERS.find(([, classes]) => classes.some((known) => error instanceof known));
  if (found === undefined) {
    return new InternalServerErrorException(undefined, { cause: error });
  }
  const [statusCode] = found;
  const { code, message } = error;
  return new HttpException({ statusCode, code, message }, statusCode, { cause: error });
}
