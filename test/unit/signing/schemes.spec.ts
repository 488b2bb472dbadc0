import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { github } from '../../../lib/signing/github.scheme.js';
import { hmacHex } from '../../../lib/signing/hmac-hex.scheme.js';
import { InvalidSecretError } from '../../../lib/signing/invalid-secret.error.js';
import { InvalidSignatureOptionError } from '../../../lib/signing/invalid-signature-option.error.js';
import { createSecret } from '../../../lib/signing/secret.factory.js';
import { sign } from '../../../lib/signing/sign.js';
import type { SignatureScheme } from '../../../lib/signing/signature.scheme.js';
import { standardWebhooks } from '../../../lib/signing/standard-webhooks.scheme.js';
import { stripe } from '../../../lib/signing/stripe.scheme.js';
import { verify } from '../../../lib/signing/verify.js';
import { WebhookVerificationError } from '../../../lib/signing/webhook-verification.error.js';
import { VECTOR } from './support/vectors.js';

const secret = 'correct horse battery staple';
const body = '{"hello":"wörld"}';
const id = 'evt_1';
const hex = (content: string, key = secret): string =>
  createHmac('sha256', key).update(content).digest('hex');

const SCHEMES: readonly [string, SignatureScheme, string][] = [
  ['hmacHex', hmacHex(), 'x-webhook-signature'],
  ['github', github(), 'x-hub-signature-256'],
  ['stripe', stripe(), 'stripe-signature'],
  ['standardWebhooks', standardWebhooks(), 'webhook-signature'],
];

describe('hmacHex', () => {
  it('signs the body with the whole text of the secret', () => {
    const options = { secret, id, body };
    expect(sign({ ...options, scheme: hmacHex() })).toEqual({ 'x-webhook-signature': hex(body) });
    const scheme = hmacHex({ header: 'X-Signature', prefix: 'sha256=' });
    expect(sign({ ...options, scheme })).toEqual({ 'x-signature': `sha256=${hex(body)}` });
  });

  it('signs with the newest secret and verifies with any', () => {
    const secrets = ['the newest of the secrets', secret];
    const headers = sign({ secrets, id, body, scheme: hmacHex() });
    expect(headers).toEqual({ 'x-webhook-signature': hex(body, secrets[0]) });
    const received = { 'x-webhook-signature': hex(body), 'webhook-id': id };
    expect(verify({ secrets, headers: received, body, scheme: hmacHex() })).toEqual({
      id,
      timestamp: null,
    });
  });

  it.each([
    ['upper case', hex(body).toUpperCase()],
    ['truncated', hex(body).slice(0, -1)],
    ['longer', `${hex(body)}0`],
    ['a prefix', `sha256=${hex(body)}`],
    ['twice', `${hex(body)}, ${hex(body)}`],
    ['of another body', hex(`${body} `)],
    ['empty', ''],
  ])('refuses a signature: %s', (_, signature) => {
    const headers = { 'x-webhook-signature': signature };
    expect(() => verify({ secret, headers, body, scheme: hmacHex() })).toThrow(
      WebhookVerificationError,
    );
  });

  it('needs no id, but no malformed one', () => {
    const headers = { 'x-webhook-signature': hex(body) };
    const options = { secret, body, scheme: hmacHex() };
    expect(verify({ ...options, headers }).id).toBeNull();
    expect(() => verify({ ...options, headers: { ...headers, 'webhook-id': 'a.b' } })).toThrow(
      WebhookVerificationError,
    );
  });

  it.each([
    [{ header: 'X Signature' }],
    [{ header: '' }],
    [{ header: 'X:Y' }],
    [{ prefix: 'a b' }],
  ])('refuses the options %j', (options) => {
    expect(() => hmacHex(options)).toThrow(InvalidSignatureOptionError);
  });

  it.each(['', 'fifteen letters', ' padded with a space', 'ends with a line\n'])(
    'refuses the secret %j',
    (text) => {
      expect(() => hmacHex().parseSecret(text)).toThrow(InvalidSecretError);
    },
  );
});

describe('github', () => {
  it('reproduces the example of its documentation', () => {
    // docs.github.com, "Validating webhook deliveries", test values.
    const headers = sign({
      secret: "It's a Secret to Everybody",
      id,
      body: 'Hello, World!',
      scheme: github(),
    });
    expect(headers).toEqual({
      'x-hub-signature-256':
        'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    });
  });

  it('takes the id of the delivery', () => {
    const headers = {
      'X-Hub-Signature-256': `sha256=${hex(body)}`,
      'X-GitHub-Delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    };
    expect(verify({ secret, headers, body, scheme: github() }).id).toBe(
      '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    );
  });
});

describe('stripe', () => {
  const scheme = stripe();
  const timestamp = 1_700_000_000;
  const now = timestamp * 1000;
  const signature = hex(`${timestamp}.${body}`);

  it('signs time and body, once for each secret', () => {
    const secrets = [secret, 'another secret of enough letters'];
    expect(sign({ secrets, id, timestamp, body, scheme })).toEqual({
      'stripe-signature': `t=${timestamp},v1=${signature},v1=${hex(`${timestamp}.${body}`, secrets[1])}`,
    });
  });

  it('accepts any of the signatures, beside those of other kinds', () => {
    const headers = { 'stripe-signature': `t=${timestamp},v1=00,v1=${signature},v0=00` };
    expect(verify({ secret, headers, body, scheme, now })).toEqual({ id: null, timestamp });
  });

  it.each([
    ['no time', `v1=${signature}`],
    ['two times', `t=${timestamp},t=${timestamp},v1=${signature}`],
    ['another time', `t=${timestamp - 1},v1=${signature}`],
    ['no signature', `t=${timestamp}`],
    ['another version', `t=${timestamp},v0=${signature}`],
    ['spaces', `t=${timestamp}, v1=${signature}`],
    ['upper case', `t=${timestamp},v1=${signature.toUpperCase()}`],
    ['too many', `t=${timestamp},v1=${signature}${',v1=0'.repeat(32)}`],
  ])('refuses %s', (_, header) => {
    const headers = { 'stripe-signature': header };
    expect(() => verify({ secret, headers, body, scheme, now })).toThrow(WebhookVerificationError);
  });

  it('refuses what is older than the tolerance', () => {
    const headers = sign({ secret, id, timestamp, body, scheme });
    expect(verify({ secret, headers, body, scheme, now: now + 300_000 }).timestamp).toBe(timestamp);
    expect(() => verify({ secret, headers, body, scheme, now: now + 301_000 })).toThrow(
      WebhookVerificationError,
    );
  });
});

describe.each(SCHEMES)('%s, whatever is sent', (_, scheme, signatureHeader) => {
  const anyId = fc.stringMatching(/^[\w-]{1,256}$/);
  const anyBody = fc.uint8Array({ maxLength: 200 });
  const anySecret = fc
    .uint8Array({ minLength: 24, maxLength: 64 })
    .map((bytes) => createSecret(bytes));

  it('verifies what it signs, and nothing of which one bit differs', () => {
    fc.assert(
      fc.property(anySecret, anyId, anyBody, fc.nat(), fc.nat(7), (key, name, bytes, at, bit) => {
        const options = { secret: key, scheme, now: VECTOR.timestamp * 1000 };
        const headers = sign({ ...options, id: name, timestamp: VECTOR.timestamp, body: bytes });
        verify({ ...options, headers, body: bytes });
        const flipped =
          bytes.length === 0
            ? Uint8Array.of(0)
            : bytes.map((byte, index) => (index === at % bytes.length ? byte ^ (1 << bit) : byte));
        expect(() => verify({ ...options, headers, body: flipped })).toThrow(
          WebhookVerificationError,
        );
        const text = headers[signatureHeader] ?? '';
        const place = at % text.length;
        const other = String.fromCharCode(text.charCodeAt(place) ^ (1 << (bit % 7)));
        const forged = text.slice(0, place) + other + text.slice(place + 1);
        const forgedHeaders = { ...headers, [signatureHeader]: forged };
        expect(() => verify({ ...options, headers: forgedHeaders, body: bytes })).toThrow(
          WebhookVerificationError,
        );
      }),
    );
  });

  it('throws WebhookVerificationError and nothing else', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        '',
        'x'.repeat(5000),
        VECTOR.signature,
        `t=${VECTOR.timestamp},v1=00`,
        'v1a,AAAA',
        'sha256=',
      ),
      fc.array(fc.string(), { maxLength: 3 }),
      fc.constant(undefined),
    );
    const headers = fc.record({
      'webhook-id': fc.oneof(fc.constant('msg_1'), value),
      'webhook-timestamp': fc.oneof(fc.constant(String(VECTOR.timestamp)), value),
      [signatureHeader]: value,
      __proto__: value,
    });
    fc.assert(
      fc.property(headers, fc.oneof(anyBody, fc.string({ unit: 'binary' })), (given, content) => {
        const options = { secret: VECTOR.secret, scheme, now: VECTOR.timestamp * 1000 };
        expect(() => verify({ ...options, headers: given, body: content })).toThrow(
          WebhookVerificationError,
        );
      }),
      { numRuns: 300 },
    );
  });
});
