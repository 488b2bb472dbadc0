import 'reflect-metadata';
import type { WebhookMethod } from '../store/webhook-method.js';
import type { WebhookDeclarationOptions } from './webhook-declaration.options.js';

/** Key of the metadata that `@Webhook` stores on a method, as a {@link WebhookDeclaration} list. */
export const WEBHOOK_METADATA = 'nestjs-webhooks:webhook';

/** The arguments of one `@Webhook`, not yet checked. */
export interface WebhookDeclaration {
  readonly type: string;
  readonly method: WebhookMethod;
  readonly options: WebhookDeclarationOptions | undefined;
}

/**
 * Declares a webhook: the method becomes a stub, which is never called and never a route. Its
 * parameter is the request body, and its `@Api…` decorators and JSDoc describe the webhook in the
 * OpenAPI document.
 *
 * Put it on a method of any provider or controller. The decorator itself never throws; a mistake
 * stops the app at start.
 *
 * @param type name of the event type, such as `order.paid`: segments of `[A-Za-z0-9_-]` separated by
 * dots, at most 128 characters, not beginning with `webhook.`
 * @param method HTTP method of the request: `post` (the default), `put`, `patch` or `delete`
 * @param options a deprecation, an example of the payload, a retry schedule
 */
export function Webhook(
  type: string,
  method: WebhookMethod = 'post',
  options?: WebhookDeclarationOptions,
): MethodDecorator {
  return (_target, _key, descriptor?: PropertyDescriptor) => {
    const holder = descriptor && holderOf(descriptor);
    if (typeof holder !== 'function') return;

    const declaration: WebhookDeclaration = { type, method, options };
    const earlier: readonly WebhookDeclaration[] =
      Reflect.getOwnMetadata(WEBHOOK_METADATA, holder) ?? [];
    Reflect.defineMetadata(WEBHOOK_METADATA, [...earlier, declaration], holder);
  };
}

type Holders = Readonly<Partial<Record<'value' | 'get' | 'set', unknown>>>;

/** The function of a class member that carries its metadata: the method, or the accessor. */
export function holderOf({ value, get, set }: Holders): unknown {
  return value ?? get ?? set;
}
