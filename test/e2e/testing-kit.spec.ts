import { AssertionError } from 'node:assert';
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSecret } from 'nestjs-webhooks/signing';
import { attemptEnded, expectSent, WebhookReceiver } from 'nestjs-webhooks/testing';
import { deliveryOf, ShopApp, startShop } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };

describe('the testing kit', () => {
  let receiver: WebhookReceiver;
  let shop: ShopApp;
  let secret: string;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    shop = await startShop();
    ({ secret } = await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] }));
    await shop.webhooks.send('order.paid', ORDER);
    await shop.webhooks.send('order.paid', { ...ORDER, total: 43 });
    await receiver.received(2);
  });

  afterAll(async () => {
    await shop.app.close();
    await receiver.close();
  });

  it('finds what was sent', () => {
    const eventType = 'order.paid';
    expect(expectSent(receiver, { eventType, secret })).toHaveLength(2);
    expect(expectSent(receiver, { eventType, times: 2 })).toHaveLength(2);
    const [request] = expectSent(receiver, { eventType, payload: ORDER, times: 1 });
    expect(JSON.parse(request!.body.toString())).toEqual(ORDER);
    expect(expectSent(receiver, { eventType: 'shop.closed', times: 0 })).toEqual([]);
  });

  it.each([
    [{ eventType: 'order.created' }, 'Expected "order.created" at least 1 time(s), found 0.'],
    [{ eventType: 'order.paid', times: 1 }, 'Expected "order.paid" 1 time(s), found 2.'],
    [
      { eventType: 'order.paid', payload: { ...ORDER, total: 44 } },
      'Expected "order.paid" at least 1 time(s), found 0.',
    ],
  ])('says what arrived instead of %j', (expected, message) => {
    const actual = [ORDER, { ...ORDER, total: 43 }].map((payload) => ({
      eventType: 'order.paid',
      payload,
    }));
    let thrown: unknown = null;
    try {
      expectSent(receiver, expected);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AssertionError);
    expect((thrown as AssertionError).message).toBe(message);
    const arrived = (thrown as AssertionError).actual as { payload: { total: number } }[];
    expect(arrived.toSorted((a, b) => a.payload.total - b.payload.total)).toEqual(actual);
  });

  it('refuses a signature of another secret', () => {
    const expected = { eventType: 'order.paid', secret: createSecret() };
    expect(() => expectSent(receiver, expected)).toThrow(/could not be verified/);
  });

  it('answers when it is told to', async () => {
    const gate = new EventEmitter();
    const arrived = receiver.received(receiver.requests.length + 1);
    receiver.next({ status: 202, after: () => once(gate, 'open') });
    const { eventId } = await shop.webhooks.send('order.created', ORDER);
    await arrived;
    const id = await deliveryOf(shop.webhooks, eventId);
    const [attempt] = (await shop.webhooks.deliveries.get(id)).attempts;
    expect(attempt).toMatchObject({ number: 1, outcome: null });
    gate.emit('open');
    const ended = await attemptEnded(shop.webhooks, id, 1);
    expect(ended.attempts).toMatchObject([{ outcome: 'success', status: 202 }]);
  });

  it('waits for an attempt to end', async () => {
    receiver.next({ status: 503, body: 'later' });
    const { eventId } = await shop.webhooks.send('order.created', ORDER);
    const id = await deliveryOf(shop.webhooks, eventId);
    const { attempts } = await attemptEnded(shop.webhooks, id, 1);
    expect(attempts).toMatchObject([{ number: 1, outcome: 'http', answer: 'later' }]);
    await expect(attemptEnded(shop.webhooks, 'dlv_none', 1)).rejects.toMatchObject({
      code: 'WEBHOOKS_DELIVERY_NOT_FOUND',
    });
  });
});
