import { WebhooksError } from '../webhooks.error.js';

/** The document is of an OpenAPI version that cannot hold webhooks, or whose webhooks nobody shows. */
export class OpenApiVersionError extends WebhooksError {
  readonly code = 'WEBHOOKS_OPENAPI_VERSION';

  constructor(version: unknown) {
    const shown = typeof version === 'string' ? `is ${version.slice(0, 16)}` : 'has no version';
    super(
      `Webhooks need an OpenAPI 3.1 document, but this one ${shown}; ` +
        "build its configuration with new DocumentBuilder().setOpenAPIVersion('3.1.0').",
    );
  }
}
