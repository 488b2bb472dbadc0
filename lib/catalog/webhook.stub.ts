import type { Type } from '@nestjs/common';
import type { WebhookDeclaration } from './webhook.decorator.js';

/** A method that carries `@Webhook`, as found on a provider or controller. */
export interface WebhookStub {
  /** The provider's own class. */
  readonly host: Type;
  readonly name: string;
  /** The method itself, which carries the metadata. */
  readonly handler: (...args: never[]) => unknown;
  readonly declarations: readonly WebhookDeclaration[];
}

/** How error messages name a stub: `OrderWebhooks.orderPaid`. */
export function placeOf(host: Type, name: string): string {
  return `${host.name || 'an anonymous class'}.${name}`;
}
