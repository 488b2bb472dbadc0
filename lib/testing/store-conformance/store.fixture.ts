import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type {
  Acceptance,
  AcceptTarget,
  AttemptRecord,
  AttemptResult,
  Claim,
  Claimed,
  ClaimRequest,
  DeliveryFilter,
  DeliveryRecord,
  EventRecord,
  SettledDelivery,
  Settlement,
  SubscriptionRecord,
  WebhookStore,
} from '../../index.js';
import { IdFactory } from '../../platform/id.factory.js';
import { SystemClock } from '../../platform/system.clock.js';
import { SystemRandomness } from '../../platform/system.randomness.js';

/** What a case checks, and what it does it with. */
export type StoreCases = Readonly<Record<string, (on: StoreFixture) => Promise<void>>>;

export const TENANT = 'acme';
export const TYPE = 'order.paid';
export const MINUTE = 60_000;

export const SUCCESS: AttemptResult = {
  outcome: 'success',
  duration: 12,
  status: 204,
  answer: '',
  error: null,
};

export const FAILURE: AttemptResult = {
  outcome: 'http',
  duration: 34,
  status: 503,
  answer: 'später wieder 🙂\n',
  error: 'the receiver answered 503',
};

const PATIENCE = 10_000;
const STEP = 5;

/** A store under test, and short words for what the cases do with it again and again. */
export class StoreFixture {
  private readonly ids = new IdFactory(new SystemClock(), new SystemRandomness());

  constructor(
    readonly store: WebhookStore,
    private readonly advance: ((milliseconds: number) => Promise<void>) | undefined,
  ) {}

  /** Waits until the condition holds, letting the store's time pass meanwhile. */
  async eventually(condition: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!(await condition())) {
      assert.ok(performance.now() < end, 'what had to happen did not');
      await this.pass(STEP);
    }
  }

  /** Lets the store's time pass, so that what follows is later than what was before. */
  async pass(milliseconds: number): Promise<void> {
    await (this.advance?.(milliseconds) ?? setTimeout(milliseconds));
  }

  /** The store's time, as the time of a new delivery tells it. */
  async now(): Promise<number> {
    const tenant = 'clock';
    const { id } = await this.subscribe({ tenant });
    const { deliveryIds } = await this.accept({ tenant }, { subscriptionId: id });
    const delivery = await this.delivery(deliveryIds[0]!, tenant);
    await this.store.deleteSubscription(tenant, id);
    return delivery.createdAt;
  }

  subscription(changes: Partial<SubscriptionRecord> = {}): SubscriptionRecord {
    const now = Date.now();
    return {
      id: this.ids.create('sub'),
      tenant: TENANT,
      url: 'https://receiver.example/hooks',
      eventTypes: [TYPE],
      description: '',
      metadata: {},
      headers: {},
      secrets: [{ value: 'whsec_c2VjcmV0', createdAt: now, expiresAt: null }],
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
      createdAt: now,
      updatedAt: now,
      ...changes,
    };
  }

  async subscribe(changes: Partial<SubscriptionRecord> = {}): Promise<SubscriptionRecord> {
    const record = this.subscription(changes);
    assert.equal(await this.store.createSubscription(record, Infinity), true);
    return record;
  }

  event(changes: Partial<EventRecord> = {}): EventRecord {
    return {
      id: this.ids.create('evt'),
      type: TYPE,
      tenant: TENANT,
      method: 'post',
      body: Buffer.from('{"id":"o_1"}'),
      occurredAt: Date.now(),
      idempotency: null,
      orderingKey: null,
      ...changes,
    };
  }

  /** Accepts an event for whoever wants exactly its type, unless told otherwise. */
  accept(changes: Partial<EventRecord> = {}, target?: AcceptTarget): Promise<Acceptance> {
    const event = this.event(changes);
    return this.store.accept(event, target ?? wanting(event.type));
  }

  /** Accepts an event for one subscription; gives its delivery's id. */
  async deliver(
    { id, tenant }: SubscriptionRecord,
    changes: Partial<EventRecord> = {},
  ): Promise<string> {
    const { deliveryIds } = await this.accept({ tenant, ...changes }, { subscriptionId: id });
    assert.equal(deliveryIds.length, 1);
    return deliveryIds[0]!;
  }

  async deliverMany(subscription: SubscriptionRecord, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) ids.push(await this.deliver(subscription));
    return ids;
  }

  claim(changes: Partial<ClaimRequest> = {}): Promise<Claimed> {
    return this.store.claim({
      limit: 100,
      laterShare: 50,
      laterLimit: 100,
      lease: MINUTE,
      perSubscription: 100,
      room: new Map(),
      ...changes,
    });
  }

  /** Claims one delivery. */
  async hold(id: string, changes: Partial<ClaimRequest> = {}): Promise<Claim> {
    const { claims } = await this.claim({ deliveryIds: [id], ...changes });
    assert.deepEqual(idsOf(claims), [id]);
    return claims[0]!;
  }

  async settle(
    { delivery }: Pick<Claim, 'delivery'>,
    changes: Partial<Settlement> = {},
  ): Promise<void> {
    await this.store.settle([settlement(delivery, changes)]);
  }

  /** Accepts an event for a subscription and plays its delivery to the given state. */
  async delivered(
    subscription: SubscriptionRecord,
    next: SettledDelivery = { status: 'succeeded', reason: null },
    changes: Partial<EventRecord> = {},
  ): Promise<string> {
    const id = await this.deliver(subscription, changes);
    const result = next.status === 'succeeded' ? SUCCESS : FAILURE;
    await this.settle(await this.hold(id), { result, next });
    return id;
  }

  async delivery(id: string, tenant = TENANT): Promise<DeliveryRecord> {
    return (await this.read(id, tenant)).delivery;
  }

  async attempts(id: string, tenant = TENANT): Promise<readonly AttemptRecord[]> {
    return (await this.read(id, tenant)).attempts;
  }

  async list(filter: DeliveryFilter = {}, tenant = TENANT, limit = 1_000): Promise<string[]> {
    const records = await this.store.listDeliveries(tenant, filter, { after: null, limit });
    return records.map(({ id }) => id);
  }

  private async read(
    id: string,
    tenant: string,
  ): Promise<{ delivery: DeliveryRecord; attempts: readonly AttemptRecord[] }> {
    const found = await this.store.getDelivery(tenant, id);
    assert.ok(found !== null, `delivery ${id} is there`);
    return found;
  }
}

/** Whoever has one of these patterns; every filter admits. */
export function wanting(...patterns: readonly string[]): AcceptTarget {
  return { patterns, admits: () => true, judgeAll: false };
}

/** The end of an attempt: without success and for good, unless told otherwise. */
export function settlement(
  { id, attempts }: Pick<DeliveryRecord, 'id' | 'attempts'>,
  changes: Partial<Settlement> = {},
): Settlement {
  return {
    deliveryId: id,
    attempt: attempts,
    result: FAILURE,
    next: { status: 'exhausted', reason: 'no try is left' },
    disable: null,
    ...changes,
  };
}

export function idsOf(claims: readonly Claim[]): string[] {
  return claims.map(({ delivery }) => delivery.id);
}

/** Compares two lists of ids as sets; none may occur twice. */
export function assertSameIds(found: readonly string[], expected: readonly string[]): void {
  assert.deepEqual([...found].sort(), [...expected].sort());
}
