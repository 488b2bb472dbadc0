import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import type { TransportAnswer } from '../egress/transport.js';
import type { Clock } from '../platform/clock.js';
import type { IdFactory } from '../platform/id.factory.js';
import type { Randomness } from '../platform/randomness.js';
import { equalInConstantTime } from '../signing/constant-time.js';
import type { SubscriptionRecord } from '../store/subscription.record.js';
import type { BodySerializer } from './body.serializer.js';
import type { Sender } from './sender.js';

/** What a challenge is sent as: the event type is reserved, so that no stub can declare it. */
const CHALLENGE_DEFINITION: WebhookDefinition = {
  type: 'webhook.challenge',
  method: 'post',
  host: class WebhookChallenge {},
  stub: 'challenge',
  body: { kind: 'described' },
};
const TOKEN_BYTES = 32;
const ANSWER_LIMIT = 4_096;

/** The parts a {@link Challenger} works with. */
export interface ChallengerParts {
  readonly sender: Sender;
  readonly serializer: BodySerializer;
  readonly clock: Clock;
  readonly ids: IdFactory;
  readonly randomness: Randomness;
}

/** Asks receivers to echo a token, which only those do that want webhooks. */
export class Challenger {
  constructor(private readonly parts: ChallengerParts) {}

  /**
   * Sends one challenge, as deliveries are sent: guarded, signed, within `timeout`. It stands in no log.
   *
   * @returns what was wrong with the answer, without address or content; null when it held the token
   * @throws PayloadTooLargeError when `bodyLimit` leaves no room for it
   */
  async challenge(subscription: SubscriptionRecord): Promise<string | null> {
    const { sender, serializer, clock, ids, randomness } = this.parts;
    const token = Buffer.from(randomness.bytes(TOKEN_BYTES)).toString('base64url');
    const { type, method } = CHALLENGE_DEFINITION;
    const { tenant } = subscription;
    const occurredAt = clock.now();
    const body = serializer.serialize(CHALLENGE_DEFINITION, { challenge: token }, occurredAt);
    const id = ids.create('evt');
    const keys = { idempotency: null, orderingKey: null };
    const event = { id, type, tenant, method, body, occurredAt, ...keys };
    const answer = await sender.exchange(event, subscription, ANSWER_LIMIT);
    return 'stage' in answer ? answer.message : mistakeIn(answer, token);
  }
}

function mistakeIn({ status, body }: TransportAnswer, token: string): string | null {
  if (status < 200 || status > 299) return `the receiver answered ${status}`;
  const echoed = equalInConstantTime(echoIn(body.trim()), token);
  return echoed ? null : `the receiver answered ${status} without the token`;
}

/** The echo in an answer: the text itself; or as JSON, a text or an object with `challenge`. */
function echoIn(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const echo: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'challenge') : value;
  return typeof echo === 'string' ? echo : text;
}
