import {
  ArgumentsHost,
  BadRequestException,
  Catch,
  ConflictException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
  PayloadTooLargeException,
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
import { BlockedUrlError } from './egress/blocked-url.error.js';
import { InvalidArgumentError } from './platform/invalid-argument.error.js';
import { InvalidSecretError } from './signing/invalid-secret.error.js';
import { SubscriptionDisabledError } from './subscriptions/subscription-disabled.error.js';
import { SubscriptionLimitError } from './subscriptions/subscription-limit.error.js';
import { SubscriptionNotFoundError } from './subscriptions/subscription-not-found.error.js';
import { WebhooksError } from './webhooks.error.js';

type HttpExceptionClass = new (body: object, options: { cause: unknown }) => HttpException;
type ErrorClass = abstract new (...parameters: never[]) => WebhooksError;

const ANSWERS: readonly (readonly [HttpExceptionClass, readonly ErrorClass[]])[] = [
  [
    BadRequestException,
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
  [NotFoundException, [SubscriptionNotFoundError, DeliveryNotFoundError, EventNotFoundError]],
  [
    ConflictException,
    [
      IdempotencyConflictError,
      SubscriptionDisabledError,
      SubscriptionLimitError,
      DeliveryInFlightError,
      EventExpungedError,
    ],
  ],
  [PayloadTooLargeException, [PayloadTooLargeError]],
];

/**
 * Answers this package's errors over HTTP: 400 for what the client can mend, 404, 409 and 413 where
 * they fit, 500 for the rest. The body is `{ statusCode, code, message }`.
 *
 * @example @UseFilters(WebhooksExceptionFilter)
 */
@Catch(WebhooksError)
export class WebhooksExceptionFilter extends BaseExceptionFilter {
  override catch(error: WebhooksError, host: ArgumentsHost): void {
    super.catch(toHttpException(error), host);
  }
}

function toHttpException(error: WebhooksError): HttpException {
  const found = ANSWERS.find(([, classes]) => classes.some((known) => error instanceof known));
  if (found === undefined) {
    return new InternalServerErrorException(undefined, { cause: error });
  }
  const [Exception] = found;
  const { code, message } = error;
  const body = { statusCode: new Exception({}, { cause: error }).getStatus(), code, message };
  return new Exception(body, { cause: error });
}
