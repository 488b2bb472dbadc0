import { WebhooksError } from '../webhooks.error.js';
import type { TransportFailure } from './transport.js';

/** No connection came about. Its message holds no address, so that it can be stored and shown. */
export class ConnectionError extends WebhooksError {
  readonly code = 'WEBHOOKS_CONNECTION_FAILED';

  constructor(
    readonly stage: TransportFailure['stage'],
    message: string,
  ) {
    super(message);
  }
}
