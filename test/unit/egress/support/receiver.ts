import { createServer, Server, Socket } from 'node:net';
import { createServer as createTlsServer, TlsOptions } from 'node:tls';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a receiver does with a request: anything that can be done to a socket. */
export type Script = (socket: Socket, request: WireRequest) => void;

/** Answers 200 and keeps the connection. */
export const ok: Script = (socket) =>
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');

/** Writes a whole answer, bytes as they are. */
export const answer =
  (text: string): Script =>
  (socket) =>
    socket.write(text, 'latin1');

/** Writes a beginning, then a piece again and again, with a pause of some milliseconds before each. */
export const repeat =
  (beginning: string, piece: string, pause: number): Script =>
  (socket) => {
    socket.write(beginning);
    const timer = setInterval(() => socket.write(piece), pause);
    socket.on('close', () => clearInterval(timer));
  };

/** Writes a beginning, then pieces without end, as fast as they are taken. */
export const flood =
  (beginning: string, piece: string): Script =>
  (socket) => {
    // Small writes would keep the loop, and so the client under test, from turning.
    const pieces = piece.repeat(16_384 / piece.length);
    const pump = () => {
      if (!socket.destroyed) socket.write(pieces, () => setImmediate(pump));
    };
    socket.write(beginning);
    pump();
  };

/** A TCP server on loopback that counts connections and reads requests without any HTTP library. */
export class Receiver {
  connections = 0;
  closed = 0;
  readonly requests: WireRequest[] = [];
  /** Called before anything is read. */
  onConnection: (socket: Socket) => void = () => undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly script: Script,
  ) {}

  static async start(script: Script = ok, tls?: TlsOptions): Promise<Receiver> {
    const server = tls ? createTlsServer(tls) : createServer();
    const receiver = new Receiver(server, script);
    server.on('connection', (socket) => receiver.track(socket));
    server.on(tls ? 'secureConnection' : 'connection', (socket) => receiver.read(socket));
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  async stop(): Promise<void> {
    const stopped = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await stopped;
  }

  private track(socket: Socket): void {
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed += 1;
      this.sockets.delete(socket);
    });
    this.onConnection(socket);
  }

  private read(socket: Socket): void {
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n\r\n');
      if (end === -1) {
        return;
      }
      const [first = '', ...lines] = received.toString('latin1', 0, end).split('\r\n');
      const [method = '', target = ''] = first.split(' ');
      const headers = parseHeaders(lines);
      const whole = end + 4 + Number(headers['content-length'] ?? 0);
      if (received.length >= whole) {
        const request = { method, target, headers, body: received.subarray(end + 4, whole) };
        received = received.subarray(whole);
        this.requests.push(request);
        this.script(socket, request);
      }
    });
  }
}

/** By lower-case name; the values of a header that came more than once are joined. */
function parseHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}
