import { InProcessEngine } from 'nestjs-webhooks';

/** Wakes nobody until it is released: what is accepted meanwhile stays pending. */
export class HeldEngine extends InProcessEngine {
  #held = true;

  wake(hint) {
    if (!this.#held) super.wake(hint);
  }

  release() {
    this.#held = false;
    this.wake({ deliveryIds: [], dueIn: 0 });
  }
}

/** Options of an application that delivers only when its engine is released. */
export const HELD = { sweepInterval: 3_600_000 };
