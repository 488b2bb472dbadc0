import {
  CanActivate,
  ExecutionContext,
  Inject,
  Injectable,
  Logger,
  Optional,
  PayloadTooLargeException,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Clock } from '../platform/clock.js';
import { SystemClock } from '../platform/system.clock.js';
import type { VerifiedWebhook } from '../signing/signature.scheme.js';
import { WebhookVerificationError } from '../signing/webhook-verification.error.js';
import { PlatformRequest, receivedBody, receivedHeaders } from './platform.request.js';
import { markVerified } from './verified.requests.js';
import { VerifyWebhookMissingError } from './verify-webhook-missing.error.js';
import { VERIFY_WEBHOOK_METADATA, VerifyWebhookPolicy } from './verify-webhook.policy.js';

/**
 * Lets only verified webhooks through to handlers decorated with `@VerifyWebhook()`. It works on
 * Express and Fastify, in applications that import `WebhooksModule` and in those that do not.
 *
 * Every request that is not proven is answered by the same 401, whatever the cause; the cause goes to
 * the log at `debug`. A body over the limit is answered 413. What the application itself got wrong is
 * thrown, and so answered 500 and logged: `RawBodyMissingError`, `VerifyWebhookMissingError`, and
 * `InvalidSecretError` for what a resolver gave.
 */
@Injectable()
export class WebhookSignatureGuard implements CanActivate {
  private readonly logger = new Logger(WebhookSignatureGuard.name);

  constructor(
    private readonly reflector: Reflector,
    @Optional() @Inject(Clock) private readonly clock: Clock = new SystemClock(),
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.policyOf(context);
    const request = context.switchToHttp().getRequest<PlatformRequest>();
    try {
      markVerified(request, await this.verify(request, policy));
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) {
        throw error;
      }
      this.logger.debug(
        `Refused a webhook for ${context.getClass().name}.${context.getHandler().name}: ${error.reason}`,
      );
      throw new UnauthorizedException('The webhook could not be verified');
    }
    return true;
  }

  private async verify(
    request: PlatformRequest,
    policy: VerifyWebhookPolicy,
  ): Promise<VerifiedWebhook> {
    const body = receivedBody(request);
    if (body.length > policy.bodyLimit) {
      throw new PayloadTooLargeException();
    }
    const keys = await policy.keys(request);
    if (keys.length === 0) {
      throw new WebhookVerificationError('secret-unknown');
    }
    return policy.scheme.verify({ headers: receivedHeaders(request), body }, keys, {
      headerPrefix: policy.headerPrefix,
      tolerance: policy.tolerance,
      now: this.clock.now(),
    });
  }

  private policyOf(context: ExecutionContext): VerifyWebhookPolicy {
    const targets = [context.getHandler(), context.getClass()];
    const policy = this.reflector.getAllAndOverride<VerifyWebhookPolicy | undefined>(
      VERIFY_WEBHOOK_METADATA,
      targets,
    );
    if (policy === undefined) {
      throw new VerifyWebhookMissingError(context.getClass().name, context.getHandler().name);
    }
    return policy;
  }
}
