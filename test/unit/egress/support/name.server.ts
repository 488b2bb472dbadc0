import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** What a {@link NameServer} says of a name: its addresses (of version 4), an error, or nothing yet. */
export type NameAnswer = readonly string[] | 'unknown' | 'broken' | 'later';

const RESPONSE_CODES = { unknown: 3, broken: 2 };
const TYPE_A = 1;

/** A real name server on 127.0.0.1, over UDP, that answers by a function. */
export class NameServer {
  /** Names asked for, each as often as it was: for either family. */
  readonly asked: string[] = [];
  private readonly held: (() => void)[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly answerTo: (name: string) => NameAnswer,
  ) {
    socket.on('message', (query, from) => this.receive(query, from));
  }

  static async start(answerTo: (name: string) => NameAnswer): Promise<NameServer> {
    const server = new NameServer(createSocket('udp4'), answerTo);
    server.socket.bind(0, '127.0.0.1');
    await once(server.socket, 'listening');
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  /** Answers all that was to be answered later: there is no such name. */
  release(): void {
    for (const answer of this.held.splice(0)) answer();
  }

  async stop(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  private receive(query: Buffer, from: RemoteInfo): void {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += length + 1;
    }
    const name = labels.join('.').toLowerCase();
    const question = query.subarray(12, at + 5);
    const isA = query.readUInt16BE(at + 1) === TYPE_A;
    const respond = (answer: Exclude<NameAnswer, 'later'>): void => {
      const addresses = isA && typeof answer !== 'string' ? answer : [];
      const code = typeof answer === 'string' ? RESPONSE_CODES[answer] : 0;
      // RFC 1035, 4.1.1: the query's id, an answer, one question.
      const header = Buffer.from([0, 0, 0x81, 0x80 + code, 0, 1, 0, addresses.length, 0, 0, 0, 0]);
      query.copy(header, 0, 0, 2);
      this.socket.send(Buffer.concat([header, question, ...addresses.map(record)]), from.port);
    };
    this.asked.push(name);
    const answer = this.answerTo(name);
    if (answer === 'later') this.held.push(() => respond('unknown'));
    else respond(answer);
  }
}

/** An A record of the name in the question, good for a minute. */
function record(address: string): Buffer {
  const start = [0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4];
  return Buffer.from([...start, ...address.split('.').map(Number)]);
}
