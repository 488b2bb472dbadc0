import {
  CallHandler,
  ConflictException,
  ExecutionContext,
  Inject,
  Injectable,
  Logger,
  NestInterceptor,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { lastValueFrom, Observable, of } from 'rxjs';
import { Clock } from '../platform/clock.js';
import { IdempotencyStore } from './idempotency.store.js';
import { InMemoryIdempotencyStore } from './in-memory.idempotency.store.js';
import { PlatformRequest, receivedRoute } from './platform.request.js';
import { verifiedRequest } from './verified.requests.js';
import {
  IdempotencyPolicy,
  VERIFY_WEBHOOK_METADATA,
  VerifyWebhookPolicy,
} from './verify-webhook.policy.js';
import { WebhookNotVerifiedError } from './webhook-not-verified.error.js';

/** Runs a handler once per webhook id. `@VerifyWebhook()` applies it. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger(IdempotencyInterceptor.name);
  private readonly store: IdempotencyStore;

  constructor(
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost,
    @Optional()
    @Inject(IdempotencyStore)
    store?: IdempotencyStore,
    @Optional() @Inject(Clock) clock?: Clock,
  ) {
    this.store = store ?? new InMemoryIdempotencyStore({ clock });
  }

  /** @throws WebhookNotVerifiedError when no guard has verified the request */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<PlatformRequest>();
    const verified = verifiedRequest(request);
    if (verified === undefined) {
      throw new WebhookNotVerifiedError(context.getClass().name, context.getHandler().name);
    }
    const { idempotency } = this.policyOf(context);
    const { id } = verified.webhook;
    // The class and the handler may both be decorated: the first of the two interceptors does the work.
    if (idempotency === null || id === null || verified.handling) {
      return next.handle();
    }
    verified.handling = true;
    const key = `${sourceOf(context, request, idempotency)}\n${id}`;
    return this.handleOnce(key, idempotency, context, next);
  }

  private async handleOnce(
    key: string,
    { store = this.store, lease, ttl }: IdempotencyPolicy,
    context: ExecutionContext,
    next: CallHandler,
  ): Promise<Observable<unknown>> {
    const state = await store.begin(key, lease);
    if (state === 'done') {
      return of(undefined);
    }
    if (state === 'in-progress') {
      const response = context.switchToHttp().getResponse<unknown>();
      this.adapterHost.httpAdapter.setHeader(response, 'Retry-After', '1');
      throw new ConflictException('This webhook is being handled');
    }
    const answer = await this.handle(key, store, next);
    // The handler has done its work: failing now would make the sender repeat it.
    await this.settle(() => store.complete(key, ttl));
    return of(answer);
  }

  private async handle(key: string, store: IdempotencyStore, next: CallHandler): Promise<unknown> {
    try {
      return await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      await this.settle(() => store.release(key));
      throw error;
    }
  }

  private async settle(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.logger.error('The idempotency store failed; a webhook may be handled again', error);
    }
  }

  private policyOf(context: ExecutionContext): VerifyWebhookPolicy {
    return this.reflector.getAllAndOverride<VerifyWebhookPolicy>(VERIFY_WEBHOOK_METADATA, [
      context.getHandler(),
      context.getClass(),
    ]);
  }
}

function sourceOf(
  context: ExecutionContext,
  request: PlatformRequest,
  { source }: IdempotencyPolicy,
): string {
  if (source !== undefined) {
    return typeof source === 'string' ? source : source(request);
  }
  const handler = `${context.getClass().name}.${context.getHandler().name}`;
  return `${handler} ${receivedRoute(request)}`;
}
