import { once } from 'node:events';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes. */
  readonly body: Buffer;
}

/**
 * What the receiver does with a request: a status; a whole answer; `hang` (never answers); or `reset`
 * (cuts the connection).
 */
export type ReceiverBehaviour = number | ReceiverAnswer | 'hang' | 'reset';

/** An answer of a {@link WebhookReceiver}. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Its text, or what makes it of the request. */
  readonly body?: string | ((request: ReceivedRequest) => string);
  /** The answer waits for this; asked for each request. Real time, whatever clock the app has. */
  readonly after?: () => Promise<unknown>;
}

/** A real HTTP server on 127.0.0.1 that records what it gets and answers by a script. */
export class WebhookReceiver {
  /** Everything received so far, in order of arrival. */
  readonly requests: ReceivedRequest[] = [];
  private readonly script: ReceiverBehaviour[] = [];
  private readonly waiting = new Set<() => void>();
  private always: ReceiverBehaviour = 204;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.receive(request, response));
  }

  /** @param port a free one by default */
  static async start(port = 0): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(createServer());
    receiver.server.listen(port, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  /** The URL to subscribe with: `http://127.0.0.1:…/`. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** What to do with the next requests, one each; after them it answers 204 again. */
  next(...behaviours: readonly ReceiverBehaviour[]): this {
    this.script.push(...behaviours);
    return this;
  }

  /** What to do with every request that the script of `next` does not cover. */
  otherwise(behaviour: ReceiverBehaviour): this {
    this.always = behaviour;
    return this;
  }

  /** Resolves with the first `count` requests as soon as so many have arrived. */
  async received(count: number): Promise<readonly ReceivedRequest[]> {
    while (this.requests.length < count) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    return this.requests.slice(0, count);
  }

  /** Stops listening and cuts what is open. */
  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // The sender broke off: that was no request.
      return;
    }
    const received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: flatten(request.headersDistinct),
      body: Buffer.concat(chunks),
    };
    this.requests.push(received);
    void this.answer(this.script.shift() ?? this.always, received, response);
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  private async answer(
    behaviour: ReceiverBehaviour,
    request: ReceivedRequest,
    response: ServerResponse,
  ): Promise<void> {
    if (behaviour === 'hang') return;
    if (behaviour === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    const answer: ReceiverAnswer =
      typeof behaviour === 'number' ? { status: behaviour } : behaviour;
    await answer.after?.();
    response.writeHead(answer.status, { ...answer.headers });
    response.end(typeof answer.body === 'function' ? answer.body(request) : answer.body);
  }
}

function flatten(headers: NodeJS.Dict<string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name, (values ?? []).join(', ')]),
  );
}
