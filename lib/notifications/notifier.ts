import { Logger, OnModuleInit } from '@nestjs/common';
import type { FoundMethod, MethodExplorer } from '../discovery/method.explorer.js';
import { NOTIFICATION_METADATA } from './on-webhook-notification.decorator.js';
import type { WebhookNotificationName, WebhookNotifications } from './webhook.notification.js';

type Listener = FoundMethod<WebhookNotificationName>;
type Notification = WebhookNotifications[WebhookNotificationName];
type Tap = (name: WebhookNotificationName, notification: Notification) => Promise<void>;

/** Tells the application's listeners what happened. A failing listener harms nothing. */
export class Notifier implements OnModuleInit {
  private readonly logger = new Logger(Notifier.name);
  private readonly listeners = new Map<WebhookNotificationName, Listener[]>();
  private tap: Tap | null = null;

  constructor(private readonly explorer: MethodExplorer) {}

  onModuleInit(): void {
    for (const listener of this.explorer.explore<WebhookNotificationName>(NOTIFICATION_METADATA)) {
      const others = this.listeners.get(listener.metadata) ?? [];
      this.listeners.set(listener.metadata, [...others, listener]);
    }
  }

  /** Also hands the notifications of these names to `tap`. */
  connect(names: readonly WebhookNotificationName[], tap: Tap): void {
    this.tap = async (name, notification) => {
      if (names.includes(name)) await tap(name, notification);
    };
  }

  /** @param make makes the notification; not called when nobody listens */
  emit<N extends WebhookNotificationName>(name: N, make: () => WebhookNotifications[N]): void {
    const listeners = this.listeners.get(name);
    if (listeners === undefined && this.tap === null) return;
    const notification = make();
    // Later, so that a listener can neither delay nor disturb what it is told of.
    setImmediate(() => {
      for (const { place, call } of listeners ?? []) {
        void this.guard(place, async () => call(notification as never));
      }
      const { tap } = this;
      if (tap !== null) void this.guard('operator webhook', () => tap(name, notification));
    });
  }

  private async guard(place: string, run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.error(`A listener failed (${place}: ${name}). Catch errors inside the listener.`);
    }
  }
}
