import { createSecret } from './secret.factory.js';
import type { SignatureScheme } from './signature.scheme.js';

const EXAMPLE_ID = 'evt_01890a5d96217b3a8c4e0a1b2c3d4e5f';
const EXAMPLE_TIMESTAMP = 1_700_000_000;

/**
 * The headers that the schemes make, by lower-case name, each with a value of the right form: for
 * documenting them, and for keeping their names from other uses. The key is all zeros.
 */
export function exampleSignature(
  schemes: readonly SignatureScheme[],
  headerPrefix: string,
): Record<string, string> {
  const secret = createSecret(new Uint8Array(32));
  const input = { id: EXAMPLE_ID, timestamp: EXAMPLE_TIMESTAMP, body: new Uint8Array() };
  const headers: Record<string, string> = {};
  for (const scheme of schemes) {
    const made = scheme.sign(input, [scheme.parseSecret(secret)], headerPrefix);
    for (const [name, value] of Object.entries(made)) headers[name.toLowerCase()] = value;
  }
  for (const own of ['id', 'timestamp', 'event']) delete headers[headerPrefix + own];
  return headers;
}
