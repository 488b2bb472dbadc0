import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Stands between processes and a server on 127.0.0.1, and does to their connections what networks do. */
export class Proxy {
  links = new Set();
  /** Milliseconds that every piece of data takes on its way, in both directions. */
  latency = 0;
  stalled = null;

  static async start(port) {
    const proxy = new Proxy(port);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  constructor(port) {
    this.port = port;
    this.server = createServer((near) => this.link(near));
  }

  /** The URL of the server by way of the proxy. */
  urlOf(url) {
    return url.replace(`:${this.port}/`, `:${this.server.address().port}/`);
  }

  /** Breaks every connection. */
  cut() {
    for (const { near, far } of this.links) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  /** Keeps back what the server answers until `flow`. */
  stall() {
    this.stalled ??= withResolvers();
  }

  flow() {
    this.stalled?.resolve();
    this.stalled = null;
  }

  /** Swallows what is sent on the present connections, in both directions, and lets nobody know. */
  forget() {
    for (const link of this.links) link.forgotten = true;
  }

  async close() {
    this.flow();
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  link(near) {
    const far = connect(this.port, '127.0.0.1');
    const link = { near, far, forgotten: false };
    this.links.add(link);
    const end = () => {
      this.links.delete(link);
      near.destroy();
      // What the server does not know it cannot end.
      if (!link.forgotten) far.destroy();
    };
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    this.pass(link, near, far, false);
    this.pass(link, far, near, true);
  }

  /** In order, whatever holds a piece up. */
  pass(link, from, to, isAnswer) {
    let turn = Promise.resolve();
    from.on('data', (data) => {
      const due = Date.now() + this.latency;
      turn = turn.then(async () => {
        const wait = due - Date.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        if (isAnswer) await this.stalled?.promise;
        if (!link.forgotten && !to.destroyed) to.write(data);
      });
    });
  }
}

function withResolvers() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}
