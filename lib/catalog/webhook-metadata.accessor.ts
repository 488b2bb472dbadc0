import { Injectable } from '@nestjs/common';
import { WEBHOOK_METADATA, WebhookDeclaration } from './webhook.decorator.js';

/** The sole reader of what `@Webhook` stored. */
@Injectable()
export class WebhookMetadataAccessor {
  /** Every `@Webhook` on the function, the one nearest to it first; none for anything else. */
  declarationsOf(holder: unknown): readonly WebhookDeclaration[] {
    if (typeof holder !== 'function') return [];
    const stored: readonly WebhookDeclaration[] | undefined = Reflect.getOwnMetadata(
      WEBHOOK_METADATA,
      holder,
    );
    return stored ?? [];
  }
}
