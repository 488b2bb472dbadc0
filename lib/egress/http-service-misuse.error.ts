import { WebhooksError } from '../webhooks.error.js';

/** `WebhookHttpService` was used for something other than one request of one webhook. */
export class HttpServiceMisuseError extends WebhooksError {
  readonly code = 'WEBHOOKS_HTTP_SERVICE_MISUSE';

  constructor(complaint: string) {
    super(
      `WebhookHttpService ${complaint} Inject HttpService of @nestjs/axios for other requests, let ` +
        'request interceptors return the config they were given, and leave retries to the schedule.',
    );
  }
}
