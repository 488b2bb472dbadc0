import type { WebhookCatalog, WebhookHost } from '../catalog/webhook.catalog.js';
import type { Dispatcher, SendOptions, SendResult } from './dispatcher.js';
import { NotAStubError } from './not-a-stub.error.js';

// A stub may take any parameters; `never[]` is what every parameter list extends.
type Stub = (...parameters: never[]) => unknown;

/** Sends the event that a stub declares: its body, then the options of `send`. */
export type StubSender<S extends Stub> =
  Parameters<S> extends []
    ? (payload?: undefined, options?: SendOptions) => Promise<SendResult>
    : (payload: Parameters<S>[0], options?: SendOptions) => Promise<SendResult>;

/** A class of stubs, turned into a sender: one method per stub, with the stub's own body type. */
export type TypedSender<T> = {
  readonly [K in keyof T as T[K] extends Stub ? K : never]: T[K] extends Stub
    ? StubSender<T[K]>
    : never;
};

/** A class of stubs, which may be abstract. */
export type StubClass<T extends object> = abstract new (...parameters: never[]) => T;

/** Makes the senders of stub classes. */
export class TypedSenders {
  private readonly made = new WeakMap<WebhookHost, object>();

  constructor(
    private readonly catalog: WebhookCatalog,
    private readonly dispatcher: Dispatcher,
  ) {}

  of<T extends object>(stubs: StubClass<T>): TypedSender<T> {
    let sender = this.made.get(stubs);
    if (sender === undefined) this.made.set(stubs, (sender = this.make(stubs)));
    return sender as TypedSender<T>;
  }

  private make(stubs: WebhookHost): object {
    const methods: Record<string, unknown> = Object.create(null);
    for (const [name, definition] of this.catalog.ofClass(stubs)) {
      methods[name] = (payload: unknown, options?: SendOptions) =>
        this.dispatcher.sendAs(definition, payload, options);
    }
    return new Proxy(methods, {
      get: (target, name) => {
        // A sender that is awaited by mistake must not look like a promise.
        if (typeof name === 'symbol' || name === 'then') return undefined;
        if (name in target) return target[name];
        throw new NotAStubError(stubs.name, name);
      },
    });
  }
}
