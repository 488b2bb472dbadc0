import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import type { VerifyWebhookOptions } from './verify-webhook.options.js';
import { resolvePolicy, VERIFY_WEBHOOK_METADATA } from './verify-webhook.policy.js';

/**
 * Says how webhooks for a handler, or for all handlers of a class, are verified. It needs
 * `@UseGuards(WebhookSignatureGuard)` beside it and `rawBody: true` in `NestFactory.create()`; a
 * request that no guard has verified is not handled. A handler's own decorator replaces its class's.
 *
 * The handler runs once per webhook id: a repeat is answered as a success without it, a repeat while it
 * runs with 409, and when it throws the next try runs it again. It has to answer by returning, not by a
 * bare `@Res()`. Requests of a scheme without ids are handled every time.
 *
 * @throws ReceiverOptionsError, InvalidSecretError or InvalidSignatureOptionError when an option is not
 * usable: an application with an empty secret does not start
 */
export function VerifyWebhook<Request = unknown>(
  options: VerifyWebhookOptions<Request>,
): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(VERIFY_WEBHOOK_METADATA, resolvePolicy(options)),
    UseInterceptors(IdempotencyInterceptor),
  );
}
