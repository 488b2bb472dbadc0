import type { ReceivedRequest } from 'nestjs-webhooks/testing';

/** What a subscription shows before and after its receiver has answered a challenge. */
export const UNVERIFIED = { state: 'disabled', disabledReason: 'unverified' };
export const ENABLED = { state: 'enabled', disabledReason: null, disabledAt: null };

/** The body of a request, as a receiver that echoes it answers. */
export const echo = ({ body }: ReceivedRequest): string => body.toString();

/** The token of a challenge. */
export const tokenIn = (request: ReceivedRequest): string =>
  (JSON.parse(echo(request)) as { challenge: string }).challenge;
