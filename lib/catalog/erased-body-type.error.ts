import { WebhooksError } from '../webhooks.error.js';

/** The type of a stub's body does not exist at run time, so it can be neither validated nor documented. */
export class ErasedBodyTypeError extends WebhooksError {
  readonly code = 'WEBHOOKS_ERASED_BODY_TYPE';

  /** @param emitted what is left of the type at run time, such as `Object` */
  constructor(place: string, emitted: string) {
    super(
      `${place} has a body whose type is not known at run time (only ${emitted} is left of it); ` +
        'declare the body as a class, import it as a value (not with "import type"), turn on ' +
        '"emitDecoratorMetadata", or describe it with @ApiBody().',
    );
  }
}
