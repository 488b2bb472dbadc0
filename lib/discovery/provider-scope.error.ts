import { WebhooksError } from '../webhooks.error.js';

/** A decorated method stands on a provider that does not live as long as the application. */
export class ProviderScopeError extends WebhooksError {
  readonly code = 'WEBHOOKS_PROVIDER_SCOPE';

  constructor(place: string) {
    super(
      `${place} cannot be called, because its provider, or one it depends on, is request-scoped or ` +
        'transient. Move the method to a provider of the default scope.',
    );
  }
}
