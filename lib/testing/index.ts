export { attemptEnded } from './attempt.ended.js';
export { expectSent } from './expect-sent.js';
export type { ExpectedWebhook } from './expect-sent.js';
export { FakeClock } from './fake.clock.js';
export { storeConformance } from './store-conformance.js';
export type { StoreCase, StoreUnderTest } from './store-conformance.js';
export { WebhookReceiver } from './webhook.receiver.js';
export type { ReceivedRequest, ReceiverAnswer, ReceiverBehaviour } from './webhook.receiver.js';
