import type { Type } from '@nestjs/common';
import type { WebhookMethod } from '../store/webhook-method.js';
import type { WebhookDeclarationOptions } from './webhook-declaration.options.js';

/**
 * One declared webhook: an event type, how it is sent, the stub that declares it, and the options it is
 * declared with.
 */
export interface WebhookDefinition extends WebhookDeclarationOptions {
  /** Name of the event type, for example `order.paid`. */
  readonly type: string;
  readonly method: WebhookMethod;
  /** The class that carries the stub: the provider's own class, also where the stub is inherited. */
  readonly host: Type;
  /** Name of the stub. */
  readonly stub: string;
  readonly body: WebhookBody;
}

/**
 * What a stub says of its body: no parameter; a DTO class or an array of it; a Standard Schema given
 * to `@Body({ schema })`; or something that only `@ApiBody` describes, which cannot be validated.
 */
export type WebhookBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'dto'; readonly type: Type; readonly isArray: boolean }
  | { readonly kind: 'schema'; readonly schema: StandardSchema }
  | { readonly kind: 'described' };

/** The part of the Standard Schema v1 interface (standardschema.dev) that validation needs. */
export interface StandardSchema {
  readonly '~standard': {
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
  };
}

/** Result of a Standard Schema validation. */
export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One complaint of a Standard Schema validation. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}
