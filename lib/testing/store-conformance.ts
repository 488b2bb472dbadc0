import type { WebhookStore } from '../index.js';
import { abandonedCases } from './store-conformance/abandoned.cases.js';
import { acceptCases } from './store-conformance/accept.cases.js';
import { backfillCases } from './store-conformance/backfill.cases.js';
import { claimCases } from './store-conformance/claim.cases.js';
import { deliveryCases } from './store-conformance/delivery.cases.js';
import { disableCases } from './store-conformance/disable.cases.js';
import { fairnessCases } from './store-conformance/fairness.cases.js';
import { idempotencyCases } from './store-conformance/idempotency.cases.js';
import { orderingCases } from './store-conformance/ordering.cases.js';
import { replicaCases } from './store-conformance/replica.cases.js';
import { replayCases } from './store-conformance/replay.cases.js';
import { restartCases } from './store-conformance/restart.cases.js';
import { retentionCases } from './store-conformance/retention.cases.js';
import { settleCases } from './store-conformance/settle.cases.js';
import { StoreFixture } from './store-conformance/store.fixture.js';
import { subscriptionCases } from './store-conformance/subscription.cases.js';
import { tenantCases } from './store-conformance/tenant.cases.js';

/** A store made for one case of {@link storeConformance}, with nothing in it. */
export interface StoreUnderTest {
  /** Opened already, where it has to be. */
  readonly store: WebhookStore;
  /**
   * Lets the store's time pass, where that stands still by itself; the `advance` of a `FakeClock`. Left
   * out for a store with a clock of its own: then the cases wait, for some milliseconds.
   */
  readonly advance?: (milliseconds: number) => Promise<void>;
  /** Gives back what the store uses; called after the case, however it ended. */
  close(): Promise<void>;
}

/** One thing that every store has to do. */
export interface StoreCase {
  /** A sentence, unique among the cases. */
  readonly name: string;
  /** Rejects, with an `AssertionError` of `node:assert`, when the store does something else. */
  readonly run: () => Promise<void>;
}

/**
 * Everything that the port `WebhookStore` promises, as cases for any test runner: run them to know
 * that a store of your own can take the place of ours. Each case makes a store, uses it alone and
 * closes it; stores of two cases must not see each other's records.
 *
 * @example
 * for (const { name, run } of storeConformance(createMyStore)) {
 *   it(name, run);
 * }
 *
 * @param create makes an empty store
 */
export function storeConformance(create: () => Promise<StoreUnderTest>): readonly StoreCase[] {
  const cases = {
    ...acceptCases,
    ...idempotencyCases,
    ...claimCases,
    ...fairnessCases,
    ...abandonedCases,
    ...orderingCases,
    ...settleCases,
    ...disableCases,
    ...subscriptionCases,
    ...deliveryCases,
    ...restartCases,
    ...backfillCases,
    ...replayCases,
    ...retentionCases,
    ...tenantCases,
    ...replicaCases,
  };
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      const made = await create();
      try {
        await check(new StoreFixture(made.store, made.advance));
      } finally {
        await made.close();
      }
    },
  }));
}
