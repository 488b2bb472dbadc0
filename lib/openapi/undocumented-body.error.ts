import { WebhooksError } from '../webhooks.error.js';

/** The Standard Schema of a body can be validated with, but not turned into a JSON Schema. */
export class UndocumentedBodyError extends WebhooksError {
  readonly code = 'WEBHOOKS_UNDOCUMENTED_BODY';

  constructor(place: string) {
    super(
      `${place} has a body whose schema cannot be turned into JSON Schema; describe it with ` +
        '@ApiBody({ schema }), or pass { standardSchemaConverter } as extendDocument() takes it.',
    );
  }
}
