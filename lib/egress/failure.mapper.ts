import { ConnectionError } from './connection.error.js';
import type { TransportFailure } from './transport.js';

/** Says in which stage a request failed, from the error that the HTTP client reports. */
export function toTransportFailure(error: unknown): TransportFailure {
  if (error instanceof ConnectionError) {
    return failure(error.stage, error.message);
  }
  const code = errorCode(error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return failure('too_large', 'The headers of the answer exceed the limit.');
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return failure('client', 'The request was not sent: a header or the method is not valid HTTP.');
  }
  if (code.startsWith('HPE_')) {
    return failure('connect', `The answer is not valid HTTP/1.1 (${code}).`);
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return failure('tls', `The receiver ended the TLS connection (${code}).`);
  }
  return failure('connect', `The connection ended before an answer came (${code}).`);
}

/** The stable code of an error: all that may be repeated of errors that name addresses. */
export function errorCode(error: unknown): string {
  // Not `instanceof Error`: under Jest, Node's errors are of another realm.
  const code = typeof error === 'object' && error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'unknown';
}

function failure(stage: TransportFailure['stage'], message: string): TransportFailure {
  return { kind: 'failure', stage, message };
}
