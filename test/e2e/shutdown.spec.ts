import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AttemptOutcome, DeliveryStatus } from 'nestjs-webhooks';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { NodeProcess } from './support/node.process.js';

const script = join(import.meta.dirname, 'fixtures/shutdown.process.mjs');
const GRACE = 3_000;
const LONGER_THAN_A_TEST = 3_600_000;
// The first answer is quick, so that of the deliveries left two may be in flight at once: one waits.
const SENT = 4;
const BEFORE_THE_SIGNAL = 3;

interface FinalDelivery {
  readonly eventType: string;
  readonly eventId: string;
  readonly status: DeliveryStatus;
  readonly outcomes: readonly AttemptOutcome[];
}

/** What the app says at its end of the deliveries of an event type: ended, begun, waiting. */
function stateOf(output: string, eventType: string): [DeliveryStatus, ...AttemptOutcome[]][] {
  const [, json = '[]'] = /state: (.+)/.exec(output) ?? [];
  const deliveries: FinalDelivery[] = JSON.parse(json);
  return deliveries
    .filter((delivery) => delivery.eventType === eventType)
    .map(({ status, outcomes }): [DeliveryStatus, ...AttemptOutcome[]] => [status, ...outcomes])
    .sort((a, b) => b.join().localeCompare(a.join()));
}

function distinct({ requests }: WebhookReceiver): number {
  return new Set(requests.map(({ headers }) => headers['webhook-id'])).size;
}

/** An app whose fast deliveries have ended and whose others are in flight, as many as may be. */
async function start(
  shutdownGrace: number,
  receivers: Readonly<Record<string, WebhookReceiver>>,
): Promise<NodeProcess> {
  const urls = Object.entries(receivers).map(([name, { url }]) => [name, url]);
  const order = { receivers: Object.fromEntries(urls), shutdownGrace };
  const app = NodeProcess.start([script, JSON.stringify(order)]);
  await app.printed(/fast ones ended/);
  await Promise.all(
    Object.entries(receivers).map(([name, receiver]) =>
      receiver.received(name === 'fast' ? SENT : BEFORE_THE_SIGNAL),
    ),
  );
  return app;
}

describe('SIGTERM', () => {
  const gate = new EventEmitter();
  let fast: WebhookReceiver;
  let slow: WebhookReceiver;
  let hanging: WebhookReceiver;

  beforeEach(async () => {
    fast = await WebhookReceiver.start();
    slow = await WebhookReceiver.start();
    hanging = await WebhookReceiver.start();
    slow.next(204).otherwise({ status: 204, after: () => once(gate, 'open') });
    hanging.next(204).otherwise('hang');
  });

  afterEach(async () => {
    await Promise.all([fast.close(), slow.close(), hanging.close()]);
  });

  it('finishes what is answered within the grace time, ends the rest as unknown, exits with 0', async () => {
    const app = await start(GRACE, { fast, slow, hanging });
    app.signal('SIGTERM');
    await app.printed(/claims no more/);
    gate.emit('open');
    const { code, output } = await app.end();
    expect({ code, errors: output.match(/ERROR/g) }).toEqual({ code: 0, errors: null });
    expect(stateOf(output, 'speed.fast')).toEqual([
      ['succeeded', 'success'],
      ['succeeded', 'success'],
      ['succeeded', 'success'],
      ['succeeded', 'success'],
    ]);
    expect(stateOf(output, 'speed.slow')).toEqual([
      ['succeeded', 'success'],
      ['succeeded', 'success'],
      ['succeeded', 'success'],
      ['pending'],
    ]);
    expect(stateOf(output, 'speed.hanging')).toEqual([
      ['succeeded', 'success'],
      ['pending', 'unknown'],
      ['pending', 'unknown'],
      ['pending'],
    ]);
    expect([fast, slow, hanging].map(({ requests }) => requests.length)).toEqual([SENT, 3, 3]);
    expect([fast, slow, hanging].map(distinct)).toEqual([SENT, 3, 3]);
  });

  it('waits no longer than there is something to finish, nor less after SIGINT', async () => {
    const app = await start(LONGER_THAN_A_TEST, { fast, slow });
    app.signal('SIGTERM');
    await app.printed(/claims no more/);
    app.signal('SIGINT');
    gate.emit('open');
    const { code, output } = await app.end();
    expect(code).toBe(0);
    expect(output.match(/claims no more|state: /g)).toEqual(['claims no more', 'state: ']);
    expect(stateOf(output, 'speed.slow')).toEqual([
      ['succeeded', 'success'],
      ['succeeded', 'success'],
      ['succeeded', 'success'],
      ['pending'],
    ]);
    expect([fast, slow].map(({ requests }) => requests.length)).toEqual([SENT, 3]);
  });

  it('exits at once when it comes again, whatever is in flight', async () => {
    const app = await start(LONGER_THAN_A_TEST, { fast, hanging });
    app.signal('SIGTERM');
    await app.printed(/claims no more/);
    app.signal('SIGTERM');
    const { code, output } = await app.end();
    expect({ code, state: /state: /.exec(output) }).toEqual({ code: 143, state: null });
  });
});
