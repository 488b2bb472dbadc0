import { describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { InvalidSecretError } from '../../../lib/signing/invalid-secret.error.js';
import { InvalidSignatureOptionError } from '../../../lib/signing/invalid-signature-option.error.js';
import { createSecret } from '../../../lib/signing/secret.factory.js';
import { secretHint } from '../../../lib/signing/secret.hint.js';
import { sign } from '../../../lib/signing/sign.js';
import type { SignedHeaders } from '../../../lib/signing/signature.scheme.js';
import { standardWebhooks } from '../../../lib/signing/standard-webhooks.scheme.js';
import { verify } from '../../../lib/signing/verify.js';
import { WebhookVerificationError } from '../../../lib/signing/webhook-verification.error.js';
import { ForgedRequest, FORGERIES, ReferenceSender } from './support/forgeries.js';
import { VECTOR } from './support/vectors.js';

const now = VECTOR.timestamp * 1000;
const sender = new ReferenceSender(VECTOR.secret, VECTOR.timestamp);

function headersOf(request: Omit<ForgedRequest, 'body'>): SignedHeaders {
  return {
    'webhook-id': request.id,
    'webhook-timestamp': request.timestamp,
    'webhook-signature': request.signature,
  };
}

function failureOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

function verificationOf(request: ForgedRequest): unknown {
  const options = { headers: headersOf(request), body: request.body, now };
  return failureOf(() => verify({ secret: VECTOR.secret, ...options }));
}

function whsec(size: number): string {
  return `whsec_${randomBytes(size).toString('base64')}`;
}

describe('sign', () => {
  const { id, timestamp, body } = VECTOR;

  it('makes the published signature', () => {
    expect(sign({ secret: VECTOR.secret, id, timestamp, body })).toEqual({
      'webhook-id': id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': VECTOR.signature,
    });
  });

  it('makes the known ed25519 signature', () => {
    const headers = sign({ secret: VECTOR.privateKey, id, timestamp, body });
    expect(headers['webhook-signature']).toBe(VECTOR.asymmetricSignature);
  });

  it('lists one signature of each secret, in their order', () => {
    const secrets = [VECTOR.privateKey, VECTOR.secret];
    const headers = sign({ secrets, id, timestamp, body: Buffer.from(body) });
    expect(headers['webhook-signature']).toBe(`${VECTOR.asymmetricSignature} ${VECTOR.signature}`);
  });

  it('renames the headers', () => {
    const headers = sign({ secret: VECTOR.secret, id, body, headerPrefix: 'X-Webhook-' });
    expect(Object.keys(headers)).toEqual([
      'x-webhook-id',
      'x-webhook-timestamp',
      'x-webhook-signature',
    ]);
  });

  it.each([
    ['id', { id: 'evt.1' }],
    ['id', { id: '' }],
    ['timestamp', { timestamp: 1.5 }],
    ['timestamp', { timestamp: Number.NaN }],
    ['headerPrefix', { headerPrefix: 'web hook' }],
  ])('refuses an %s that cannot be sent: %j', (option, part) => {
    const error = failureOf(() => sign({ secret: VECTOR.secret, id, body, ...part }));
    expect(error).toBeInstanceOf(InvalidSignatureOptionError);
    expect(String(error)).toContain(option);
  });

  it.each([
    ['standardwebhooks', Webhook],
    ['svix', SvixWebhook],
  ])('is understood by the library %s', (_, Verifier) => {
    const secret = createSecret();
    const text = '{"name":"Zoë 🎉"}';
    const headers = sign({ secrets: [createSecret(), secret], id: 'evt_1', body: text });
    const verifier = new Verifier(secret);
    expect(() => verifier.verify(text, headers)).not.toThrow();
    expect(() => verifier.verify(`${text} `, headers)).toThrow('No matching signature');
  });
});

describe('verify', () => {
  it.each([
    ['standardwebhooks', new Webhook(VECTOR.secret)],
    ['svix', new SvixWebhook(VECTOR.secret)],
  ])('accepts what the library %s signs', (_, library) => {
    const body = '{"name":"Zoë 🎉"}';
    const signature = library.sign('msg_1', new Date(now), body);
    const headers = headersOf({ id: 'msg_1', timestamp: String(VECTOR.timestamp), signature });
    expect(verify({ secret: VECTOR.secret, headers, body, now })).toEqual({
      id: 'msg_1',
      timestamp: VECTOR.timestamp,
    });
  });

  it.each(FORGERIES)('refuses $name', ({ forge }) => {
    const request = sender.signed();
    expect(verificationOf(request)).toBeUndefined();
    expect(verificationOf(forge(request, sender))).toBeInstanceOf(WebhookVerificationError);
  });

  it.each(['\n', '\0', '\u007f', '\r\n'])('refuses an id with the control character %j', (text) => {
    const request = sender.signed({ id: `msg${text}1` });
    const options = { headers: headersOf(request), body: request.body, now };
    expect(() => verify({ secret: VECTOR.secret, ...options })).toThrow(WebhookVerificationError);
  });

  it('accepts a timestamp at either end of the tolerance', () => {
    for (const at of [VECTOR.timestamp - 300, VECTOR.timestamp + 300]) {
      const request = sender.signed({ at });
      const options = { headers: headersOf(request), body: request.body, now };
      expect(verify({ secret: VECTOR.secret, ...options }).timestamp).toBe(at);
    }
  });

  it('accepts any of 32 signatures, of versions it does not know too', () => {
    const request = sender.signed();
    const others = Array.from({ length: 31 }, (_, index) => `v${index},AAAA`);
    const signature = [...others, request.signature].join(' ');
    const headers = headersOf({ ...request, signature });
    expect(verify({ secret: VECTOR.secret, headers, body: request.body, now }).id).toBe('msg_1');
  });

  it('accepts header names in any case, Headers objects and pairs', () => {
    const request = sender.signed();
    const record = {
      'Webhook-Id': request.id,
      'WEBHOOK-TIMESTAMP': request.timestamp,
      'webhook-signature': [request.signature],
    };
    const flat = { ...record, 'webhook-signature': request.signature };
    for (const headers of [record, new Headers(flat), new Map(Object.entries(flat))]) {
      expect(verify({ secret: VECTOR.secret, headers, body: request.body, now }).id).toBe('msg_1');
    }
  });

  it('refuses a header that is given in two cases', () => {
    const request = sender.signed();
    const headers = { ...headersOf(request), 'Webhook-Id': 'msg_1' };
    const error = failureOf(() =>
      verify({ secret: VECTOR.secret, headers, body: request.body, now }),
    );
    expect(error).toMatchObject({ reason: 'header-duplicated' });
  });

  it('refuses bytes that are no UTF-8, where a lenient reader sees the same text', () => {
    const request = sender.signed({ body: '{"a":"\ufffd"}' });
    const body = Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]);
    expect(body.toString()).toBe(request.body);
    const options = { secret: VECTOR.secret, headers: headersOf(request), now };
    expect(verify({ ...options, body: request.body }).id).toBe('msg_1');
    expect(() => verify({ ...options, body })).toThrow(WebhookVerificationError);
    expect(() => verify({ ...options, body: '{"a":"\ud800"}' })).toThrow(WebhookVerificationError);
  });

  it('accepts ed25519 signatures with the public key, and no other', () => {
    const { id, timestamp, body } = VECTOR;
    const accept = (signature: string, secret: string): string | null =>
      verify({ secret, headers: headersOf({ id, timestamp: '1614265330', signature }), body, now })
        .id;
    expect(timestamp).toBe(1614265330);
    expect(accept(VECTOR.asymmetricSignature, VECTOR.publicKey)).toBe(id);
    expect(accept(`v1,AAAA ${VECTOR.asymmetricSignature}`, VECTOR.privateKey)).toBe(id);
    for (const signature of [
      VECTOR.asymmetricSignature.replace('v1a', 'v1'),
      VECTOR.asymmetricSignature.replace('==', ''),
      VECTOR.asymmetricSignature.replace('g==', 'h=='),
      VECTOR.asymmetricSignature.replace('hnO3', 'hnO4'),
      VECTOR.signature,
      'v1a,AAAA',
    ]) {
      expect(() => accept(signature, VECTOR.publicKey)).toThrow(WebhookVerificationError);
    }
    expect(() => accept(VECTOR.asymmetricSignature, VECTOR.secret)).toThrow(
      WebhookVerificationError,
    );
  });

  it('says the reason to the log alone', () => {
    const error = failureOf(() => verify({ secret: VECTOR.secret, headers: {}, body: '', now }));
    expect(error).toMatchObject({ code: 'WEBHOOKS_VERIFICATION_FAILED', reason: 'header-missing' });
    expect(JSON.stringify(error)).not.toContain('header-missing');
    expect(String(error)).not.toContain('header');
  });

  it('refuses a tolerance that would accept or refuse everything', () => {
    const options = { secret: VECTOR.secret, headers: {}, body: '' };
    for (const tolerance of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      expect(() => verify({ ...options, tolerance })).toThrow(InvalidSignatureOptionError);
    }
  });
});

describe('secrets', () => {
  const scheme = standardWebhooks();

  it('makes 32 random bytes', () => {
    expect(createSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(createSecret()).not.toBe(createSecret());
    expect(createSecret(new Uint8Array(24))).toBe(`whsec_${'A'.repeat(32)}`);
    expect(() => createSecret(new Uint8Array(23))).toThrow(InvalidSignatureOptionError);
  });

  it('accepts 24 to 64 bytes', () => {
    expect(scheme.parseSecret(whsec(24)).key.symmetricKeySize).toBe(24);
    expect(scheme.parseSecret(whsec(64)).key.symmetricKeySize).toBe(64);
  });

  it.each([
    ['nothing', ''],
    ['a prefix alone', 'whsec_'],
    ['23 bytes', whsec(23)],
    ['65 bytes', whsec(65)],
    ['another prefix', whsec(32).replace('whsec_', 'sk_')],
    ['no prefix', whsec(32).slice('whsec_'.length)],
    ['unpadded base64', whsec(32).replace('=', '')],
    ['base64url', `whsec_${'-_'.repeat(16)}`],
    ['a line break', `${whsec(32)}\n`],
    ['a private key of one half', `whsk_${randomBytes(32).toString('base64')}`],
    ['a private key with another public half', `whsk_${randomBytes(64).toString('base64')}`],
    ['a public key of 33 bytes', `whpk_${randomBytes(33).toString('base64')}`],
  ])('refuses %s without showing it', (_, secret) => {
    const error = failureOf(() => scheme.parseSecret(secret, 'verify'));
    expect(error).toBeInstanceOf(InvalidSecretError);
    expect(String(error)).not.toContain(secret.slice(6) || 'undefined');
  });

  it('does not sign with a public key', () => {
    expect(() => scheme.parseSecret(VECTOR.publicKey)).toThrow(InvalidSecretError);
    expect(() => sign({ secret: VECTOR.publicKey, id: 'evt_1', body: '' })).toThrow('whpk_');
    expect(() => sign({ secrets: [], id: 'evt_1', body: '' })).toThrow(InvalidSecretError);
  });

  it('decodes a secret once', () => {
    const secret = createSecret();
    expect(scheme.parseSecret(secret)).toBe(scheme.parseSecret(secret));
  });

  it('hints at a secret by its end', () => {
    const hash = createHash('sha256').update('x').digest('base64');
    expect(secretHint(`whsec_${hash}`)).toBe(`whsec_…${hash.slice(-5, -1)}`);
    expect(secretHint('a text of a home-made sender')).toBe('…nder');
  });
});
