import { ignoreRepeat } from './scenes/ignore-repeat.scene.js';
import { payOrder } from './scenes/pay-order.scene.js';
import { recover } from './scenes/recover.scene.js';
import { refuseForgery } from './scenes/refuse-forgery.scene.js';
import { rollBack } from './scenes/roll-back.scene.js';
import { rotateSecret } from './scenes/rotate-secret.scene.js';
import { subscribe } from './scenes/subscribe.scene.js';
import { surviveKill } from './scenes/survive-kill.scene.js';
import { unsubscribe } from './scenes/unsubscribe.scene.js';
import type { Stage } from './stage.js';

/** One step of the story. */
export interface Scene {
  readonly title: string;
  /** Rejects when anything goes otherwise than the title says. */
  readonly play: (stage: Stage) => Promise<void>;
}

/** The story, in order. */
export const SCENES: readonly Scene[] = [
  { title: 'A receiver subscribes and is given its secret once', play: subscribe },
  { title: 'An order is paid; the webhook arrives signed', play: payOrder },
  { title: 'A receiver fails twice and recovers', play: recover },
  { title: 'A forged request is refused', play: refuseForgery },
  { title: 'A repeat is acknowledged but not handled again', play: ignoreRepeat },
  { title: 'A secret is rotated; for a while the old and the new one verify', play: rotateSecret },
  { title: 'A receiver answers 410 and is disabled', play: unsubscribe },
  { title: 'An order of what is sold out is undone, and its event with it', play: rollBack },
  { title: 'The shop is killed while it delivers; nothing is lost', play: surviveKill },
];
