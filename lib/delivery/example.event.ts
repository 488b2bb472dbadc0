import { RESERVED_PREFIX } from '../catalog/event-type.js';
import { PING_EVENT_TYPE } from './ping.event.js';

const EXAMPLE_PREFIX = `${RESERVED_PREFIX}example.`;

/**
 * What the log calls an event that is only an example: `webhook.example.order.paid`. So it is told from
 * a real one also after a restart, is tried once, and no pattern of `order.*` finds it.
 */
export function exampleTypeOf(eventType: string): string {
  return EXAMPLE_PREFIX + eventType;
}

/** What a receiver is told the event type is: that of an example is the one it is an example of. */
export function sentTypeOf(recorded: string): string {
  return recorded.startsWith(EXAMPLE_PREFIX) ? recorded.slice(EXAMPLE_PREFIX.length) : recorded;
}

/** Whether `subscriptions.ping` made the event: it is tried once, and for that subscription alone. */
export function isTestEvent(recorded: string): boolean {
  return recorded === PING_EVENT_TYPE || recorded.startsWith(EXAMPLE_PREFIX);
}
