export { FakeClock } from './fake.clock.js';
export { WebhookReceiver } from './webhook.receiver.js';
export type { ReceivedRequest, ReceiverAnswer, ReceiverBehaviour } from './webhook.receiver.js';
