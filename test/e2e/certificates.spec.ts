import { generateKeyPairSync } from 'node:crypto';
import type { TlsOptions, TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ClientCertificate, DeliveryWithAttempts, EgressOptions } from 'nestjs-webhooks';
import { attemptEnded } from 'nestjs-webhooks/testing';
import { createCertificate } from '../unit/egress/support/certificate.js';
import { ok, Receiver } from '../unit/egress/support/receiver.js';
import { deliveryOf, LOOPBACK, ShopApp, startShop } from './support/shop.app.js';

const SERVER = createCertificate('localhost');
const [ALICE, BOB] = [createCertificate('alice'), createCertificate('bob')];
const MUTUAL: TlsOptions = { requestCert: true, ca: [ALICE.cert, BOB.cert] };

describe('certificates', () => {
  let shop: ShopApp;
  let receiver: Receiver;
  /** Names that clients showed, one for each request. */
  let shown: string[];

  const start = async (tls: TlsOptions, egress: EgressOptions): Promise<void> => {
    shown = [];
    receiver = await Receiver.start(
      (socket, request) => {
        const peer = (socket as TLSSocket).getPeerCertificate();
        shown.push(peer?.subjectaltname ?? 'nobody');
        ok(socket, request);
      },
      { ...SERVER, ...tls },
    );
    shop = await startShop({ egress: { ...LOOPBACK, ...egress } });
  };

  afterEach(async () => {
    await shop.app.close();
    await receiver.stop();
  });

  const subscribe = (eventType: string, clientCertificate?: ClientCertificate) =>
    shop.webhooks.subscribe({
      url: `https://localhost:${receiver.port}/`,
      eventTypes: [eventType],
      ...(clientCertificate && { clientCertificate }),
    });

  const send = async (eventType: string): Promise<DeliveryWithAttempts> => {
    const payload = { id: 'o_1', total: 42 };
    const { eventId } = await shop.webhooks.send(eventType, payload);
    return attemptEnded(shop.webhooks, await deliveryOf(shop.webhooks, eventId), 1);
  };

  it('of a private authority are trusted when `egress.ca` has it, beside others', async () => {
    await start({}, { ca: [`A comment\n${ALICE.cert}${SERVER.cert}`] });
    await subscribe('*');
    expect(await send('order.paid')).toMatchObject({ status: 'succeeded' });
  });

  it('of another authority are not', async () => {
    await start({}, { ca: [ALICE.cert] });
    await subscribe('*');
    const { attempts } = await send('order.paid');
    expect(attempts).toMatchObject([{ outcome: 'tls' }]);
    expect(shown).toEqual([]);
  });

  it('of clients are shown to the receiver, each on connections of its own', async () => {
    await start(MUTUAL, { ca: [SERVER.cert] });
    await subscribe('order.paid', ALICE);
    await subscribe('order.created', BOB);
    for (const eventType of ['order.paid', 'order.created', 'order.paid', 'order.created']) {
      expect(await send(eventType)).toMatchObject({ status: 'succeeded' });
    }
    expect(shown).toEqual(['DNS:alice', 'DNS:bob', 'DNS:alice', 'DNS:bob']);
    expect(receiver.connections).toBe(2);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of clients are not lent to a subscription that has none, with %s',
    async (maxVersion) => {
      await start({ ...MUTUAL, maxVersion }, { ca: [SERVER.cert] });
      await subscribe('order.paid', ALICE);
      await subscribe('order.created');
      expect(await send('order.paid')).toMatchObject({ status: 'succeeded' });
      const { attempts } = await send('order.created');
      // TLS 1.3 is finished for the client before the server has looked at its certificate.
      const outcome = maxVersion === 'TLSv1.2' ? 'tls' : 'connect';
      expect(attempts).toMatchObject([{ outcome, status: null }]);
      expect(shown).toEqual(['DNS:alice']);
    },
  );

  it('of clients can be replaced and taken back, and are never shown', async () => {
    await start({ ...MUTUAL, rejectUnauthorized: false }, { ca: [SERVER.cert] });
    const { id, ...created } = await subscribe('*', ALICE);
    await send('order.paid');
    const { update, get } = {
      update: shop.webhooks.subscriptions.update.bind(shop.webhooks.subscriptions),
      get: shop.webhooks.subscriptions.get.bind(shop.webhooks.subscriptions),
    };
    const replaced = await update(id, { clientCertificate: BOB });
    await send('order.paid');
    expect(await update(id, { clientCertificate: null })).toMatchObject({
      clientCertificate: false,
    });
    await send('order.paid');
    expect(shown).toEqual(['DNS:alice', 'DNS:bob', 'nobody']);
    expect([created, replaced]).toMatchObject(
      Array.from({ length: 2 }, () => ({ clientCertificate: true })),
    );
    expect(inspect([created, replaced, await get(id)])).not.toContain('BEGIN');
  });

  it('of clients are refused when they cannot be used', async () => {
    await start(MUTUAL, { ca: [SERVER.cert] });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const encrypted = privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'p',
    });
    const wrong = [
      'text',
      { cert: ALICE.cert },
      { cert: ALICE.cert, key: BOB.key },
      { cert: ALICE.cert, key: String(encrypted) },
      { cert: ALICE.key, key: ALICE.key },
      { cert: ALICE.cert.replace('MII', 'MIJ'), key: ALICE.key },
      { cert: ALICE.cert, key: ALICE.key + ' '.repeat(65_536) },
    ];
    const refusal = { code: 'WEBHOOKS_INVALID_ARGUMENT', argument: 'clientCertificate' };
    for (const given of wrong) {
      const error: unknown = await subscribe('*', given as never).catch((e: unknown) => e);
      expect(error).toMatchObject(refusal);
      expect(inspect(error)).not.toContain(ALICE.key.slice(40, 80));
    }
    const { id } = await subscribe('*', ALICE);
    const url = `http://localhost:${receiver.port}/`;
    await expect(shop.webhooks.subscriptions.update(id, { url })).rejects.toMatchObject(refusal);
  });
});

describe('the option egress.ca', () => {
  it.each([['text'], [SERVER.key], [SERVER.cert.replace('MII', 'MIJ')], [42]])(
    'is refused when it is no certificate, without repeating it',
    async (entry) => {
      const ca = [SERVER.cert, entry as string];
      const error: unknown = await startShop({ egress: { ca } }).catch((e: unknown) => e);
      expect(error).toMatchObject({
        code: 'WEBHOOKS_INVALID_EGRESS_OPTION',
        message: expect.stringContaining('egress.ca[1]') as unknown,
      });
      expect(inspect(error)).not.toContain('BEGIN');
    },
  );
});
