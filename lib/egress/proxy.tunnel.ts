import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { ConnectionError } from './connection.error.js';
import { errorCode } from './failure.mapper.js';

/** Bytes of all headers of the proxy's answer together. */
const HEADER_LIMIT = 16_384;

/**
 * Asks a proxy for a tunnel (RFC 9110, 9.3.6) on a socket that is connected to it. Then the socket
 * leads to the target.
 *
 * @param authority host and port of the target
 * @param authorization value of `proxy-authorization`; null for none
 * @throws ConnectionError when the proxy refuses; else the error that the socket or the answer gives
 */
export function openTunnel(
  socket: Socket,
  authority: string,
  authorization: string | null,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      method: 'CONNECT',
      path: authority,
      headers: {
        host: authority,
        connection: 'keep-alive',
        ...(authorization !== null && { 'proxy-authorization': authorization }),
      },
      createConnection: () => socket,
      maxHeaderSize: HEADER_LIMIT,
    });
    request.once('connect', ({ statusCode = 0 }, _socket, head) => {
      if (statusCode < 200 || statusCode > 299) {
        reject(refusal(`it answered ${statusCode}`));
      } else if (head.length > 0) {
        // The target speaks second: whatever comes now is not its answer.
        reject(refusal('more than an answer came'));
      } else {
        resolve();
      }
    });
    request.on('error', reject);
    request.end();
  });
}

/**
 * What went wrong between this process and the proxy, as the failure of a connection. Never `blocked`
 * or `dns`, which are about the receiver: a delivery must not end because of the proxy.
 */
export function toProxyFailure(error: unknown): ConnectionError {
  if (!(error instanceof ConnectionError)) return refusal(errorCode(error));
  if (error.stage === 'dns') return refusal('its name does not resolve');
  if (error.stage === 'blocked')
    return refusal('its address is not public: add it to egress.allow');
  return error;
}

function refusal(reason: string): ConnectionError {
  return new ConnectionError('connect', `The proxy opened no connection (${reason}).`);
}
