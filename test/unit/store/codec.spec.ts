import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decodeAttempt, encodeResult } from '../../../lib/store/codec/attempt.codec.js';
import { decodeDelivery } from '../../../lib/store/codec/delivery.codec.js';
import { decodeEvent } from '../../../lib/store/codec/event.codec.js';
import type { Row } from '../../../lib/store/codec/row.js';
import {
  SUBSCRIPTION_COLUMNS,
  SubscriptionCodec,
} from '../../../lib/store/codec/subscription.codec.js';
import { TextCipher } from '../../../lib/store/codec/text.cipher.js';
import type { DeliveryRecord } from '../../../lib/store/delivery.record.js';
import type { EventRecord } from '../../../lib/store/event.record.js';
import type { SubscriptionRecord } from '../../../lib/store/subscription.record.js';
import { deliveryRow, eventRow } from './support/rows.js';

const NEW = { id: 'k2', key: randomBytes(32) };
const OLD = { id: 'k1', key: randomBytes(32) };

const SUBSCRIPTION: SubscriptionRecord = {
  id: 'sub_1',
  tenant: 'acme',
  url: 'https://receiver.example/',
  eventTypes: ['order.*'],
  description: 'Läden',
  metadata: { plan: 'pro' },
  headers: { authorization: 'Bearer hunter2' },
  secrets: [{ value: 'whsec_hunter2', createdAt: 1, expiresAt: null }],
  auth: { type: 'bearer', token: 'hunter2' },
  clientCertificate: { cert: 'certificate', key: 'hunter2' },
  retry: { delays: [1, 2], jitter: 0.1 },
  filter: { field: 'a', op: 'in', value: [1, null] },
  concurrency: 2,
  rateLimit: 0.5,
  state: 'disabled',
  disabledReason: 'gone',
  disabledAt: 5,
  failingSince: 4,
  createdAt: 1_767_225_600_123,
  updatedAt: 3,
};

function rowOf(columns: readonly string[], values: readonly unknown[]): Row {
  return Object.fromEntries(columns.map((column, index) => [column, values[index]]));
}

function codec(...keys: readonly { id: string; key: Uint8Array }[]): SubscriptionCodec {
  return new SubscriptionCodec(new TextCipher(keys));
}

function subscriptionRow(with_: SubscriptionCodec, record = SUBSCRIPTION): Row {
  return rowOf(SUBSCRIPTION_COLUMNS, with_.encode(record));
}

function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe('a subscription as a row', () => {
  const bare: SubscriptionRecord = {
    ...SUBSCRIPTION,
    headers: {},
    metadata: {},
    auth: null,
    clientCertificate: null,
    retry: null,
    filter: null,
    concurrency: null,
    rateLimit: null,
    state: 'enabled',
    disabledReason: null,
    disabledAt: null,
    failingSince: null,
  };

  it.each([
    ['without keys', codec()],
    ['with keys', codec(NEW, OLD)],
  ])('comes back as it was, %s', (_, subject) => {
    for (const record of [SUBSCRIPTION, bare]) {
      const values = subject.encode(record);
      expect(values).toHaveLength(SUBSCRIPTION_COLUMNS.length);
      expect(subject.decode(rowOf(SUBSCRIPTION_COLUMNS, values))).toEqual(record);
    }
  });

  it('is read from a driver that parses JSON and gives integers as text', () => {
    const row = {
      ...subscriptionRow(codec()),
      metadata: { plan: 'pro' },
      retry: SUBSCRIPTION.retry,
      created_at: '1767225600123',
      updated_at: 3n,
    };
    expect(codec().decode(row)).toEqual(SUBSCRIPTION);
  });

  it('holds secrets and header values only encrypted, each time differently', () => {
    const [one, two] = [subscriptionRow(codec(NEW)), subscriptionRow(codec(NEW))];
    expect(JSON.stringify(one)).not.toContain('hunter2');
    expect(one['secrets']).toMatch(/^enc:v1:k2:[A-Za-z0-9+/]+=*$/);
    expect(one['headers']).toMatch(/^enc:v1:k2:/);
    expect(one['credentials']).toMatch(/^enc:v1:k2:/);
    expect(one['secrets']).not.toBe(two['secrets']);
  });

  it('is read with any of the keys, and in clear from before there was one', () => {
    const subject = codec(NEW, OLD);
    for (const written of [codec(OLD), codec(NEW), codec()]) {
      expect(subject.decode(subscriptionRow(written))).toEqual(SUBSCRIPTION);
    }
  });

  it('is encrypted anew with the first key, once', () => {
    const subject = codec(NEW, OLD);
    for (const written of [codec(OLD), codec()]) {
      const row = subscriptionRow(written);
      const anew = { ...row, ...subject.reencode(row) };
      expect(codec(NEW).decode(anew)).toEqual(SUBSCRIPTION);
      expect(subject.reencode(anew)).toBeNull();
    }
    expect(subject.reencode(subscriptionRow(codec(NEW), bare))).toBeNull();
    expect(codec().reencode(subscriptionRow(codec()))).toBeNull();
  });

  it.each([
    ['a key that is not configured', codec(NEW), 'k1', /Add the key "k1"/],
    ['no key', codec(), 'k1', /Add the key "k1"/],
    ['another key of the same id', codec({ ...NEW, id: 'k1' }), 'k1', /the key that had this id/],
  ])('cannot be read with %s', (_, subject, keyId, remedy) => {
    const row = subscriptionRow(codec(OLD));
    const error = thrownBy(() => subject.decode(row));
    expect(error).toMatchObject({
      code: 'WEBHOOKS_UNREADABLE_RECORD',
      subscriptionId: 'sub_1',
      keyId,
      message: expect.stringMatching(remedy) as unknown,
    });
    expect(String(error)).not.toContain('hunter2');
  });

  it.each([
    ['another row', (row: Row) => ({ ...row, id: 'sub_2' })],
    ['another column', (row: Row) => ({ ...row, headers: row['secrets'] })],
    ['other bytes', (row: Row) => ({ ...row, secrets: altered(String(row['secrets'])) })],
    ['a piece', (row: Row) => ({ ...row, secrets: 'enc:v1:k2:AAAA' })],
  ])('cannot be read when a text was moved or changed: %s', (_, change) => {
    const error = thrownBy(() => codec(NEW).decode(change(subscriptionRow(codec(NEW)))));
    expect(error).toMatchObject({ code: 'WEBHOOKS_UNREADABLE_RECORD', keyId: 'k2' });
  });

  it('that is damaged is named, without what it holds', () => {
    const row = { ...subscriptionRow(codec()), secrets: '[{"value":"whsec_hunter2"' };
    const error = thrownBy(() => codec().decode(row));
    expect(error).toMatchObject({ code: 'WEBHOOKS_UNREADABLE_RECORD', keyId: null });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });

  it.each([
    ['secrets', '{"value":"whsec_hunter2"}'],
    ['secrets', '[{"value":7,"createdAt":1,"expiresAt":null}]'],
    ['headers', '["x-note"]'],
    ['metadata', 'null'],
    ['event_types', '"*"'],
    ['credentials', '{"auth":{"type":"badge"}}'],
    ['credentials', '{"clientCertificate":"hunter2"}'],
    ['retry', '{"delays":["soon"],"jitter":0}'],
    ['filter', '"all"'],
    ['filter', '{"not":{"field":"id","op":"like","value":"x"}}'],
    ['filter', '{"field":"id","op":"in","value":"x"}'],
  ])('with %s of another form is damaged: %s', (column, text) => {
    const row = { ...subscriptionRow(codec()), [column]: text };
    const error = thrownBy(() => codec().decode(row));
    expect(error).toMatchObject({ code: 'WEBHOOKS_UNREADABLE_RECORD', keyId: null });
    expect(String(error)).toContain(`Its ${column} are damaged`);
    expect(String(error)).not.toContain('hunter2');
  });
});

describe('encryption keys', () => {
  it.each([
    ['a short key', [{ id: 'k', key: randomBytes(16) }], 'encryptionKeys[0].key'],
    ['a text', [NEW, { id: 'k', key: 'x'.repeat(32) }], 'encryptionKeys[1].key'],
    ['an empty id', [{ ...NEW, id: '' }], 'encryptionKeys[0].id'],
    ['an id with a colon', [{ ...NEW, id: 'a:b' }], 'encryptionKeys[0].id'],
    ['two of one id', [NEW, { ...OLD, id: 'k2' }], 'encryptionKeys'],
  ])('are refused: %s', (_, keys, argument) => {
    expect(thrownBy(() => Reflect.construct(TextCipher, [keys]))).toMatchObject({
      code: 'WEBHOOKS_INVALID_ARGUMENT',
      argument,
    });
  });
});

describe('other records as rows', () => {
  it.each<EventRecord>([
    {
      id: 'evt_1',
      type: 'order.paid',
      tenant: 'acme',
      method: 'put',
      body: Buffer.from([0, 255, 10]),
      occurredAt: 7,
      idempotency: { key: 'k', fingerprint: 'f' },
      orderingKey: 'order 42',
    },
    {
      id: 'evt_2',
      type: 'shop.closed',
      tenant: 'acme',
      method: 'post',
      body: Buffer.alloc(0),
      occurredAt: 8,
      idempotency: null,
      orderingKey: null,
    },
  ])('an event comes back as it was: $id', (event) => {
    const row = eventRow(event);
    expect(decodeEvent(row)).toEqual(event);
    expect(decodeEvent({ ...row, body: new Uint8Array(event.body) })).toEqual(event);
    const { body } = decodeEvent({ ...row, body: new Uint8Array(event.body) });
    expect(Buffer.isBuffer(body)).toBe(true);
  });

  it('a delivery comes back as it was', () => {
    const delivery: DeliveryRecord = {
      id: 'dlv_1',
      eventId: 'evt_1',
      eventType: 'order.paid',
      subscriptionId: 'sub_1',
      tenant: 'acme',
      status: 'exhausted',
      reason: 'no try is left',
      attempts: 3,
      tries: 2,
      replayed: true,
      orderingKey: 'order 42',
      dueAt: null,
      createdAt: 1,
      endedAt: 2,
    };
    for (const record of [
      delivery,
      { ...delivery, replayed: false, orderingKey: null, dueAt: 9, endedAt: null },
    ]) {
      expect(decodeDelivery(deliveryRow(record))).toEqual(record);
    }
    const row = deliveryRow(delivery);
    expect(decodeDelivery({ ...row, replayed: true, created_at: '1' })).toEqual(delivery);
  });

  it('an attempt comes back as it was, in flight or ended', () => {
    const begun = { delivery_id: 'dlv_1', number: 2, started_at: 5 };
    const base = { deliveryId: 'dlv_1', number: 2, startedAt: 5 };
    const columns = ['outcome', 'duration', 'status', 'answer', 'error'];
    const nothing = rowOf(columns, [null, null, null, null, null]);
    expect(decodeAttempt({ ...begun, ...nothing })).toEqual({ ...base, result: null });
    const result = {
      outcome: 'timeout',
      duration: 0,
      status: null,
      answer: null,
      error: 'e',
    } as const;
    const ended = rowOf(columns, encodeResult(result));
    expect(decodeAttempt({ ...begun, ...ended })).toEqual({ ...base, result });
  });
});

/** The same sealed text with one other bit. */
function altered(sealed: string): string {
  const at = sealed.lastIndexOf(':') + 1;
  const bytes = Buffer.from(sealed.slice(at), 'base64');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return sealed.slice(0, at) + bytes.toString('base64');
}
