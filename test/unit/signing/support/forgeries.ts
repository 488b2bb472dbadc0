import { Webhook } from 'standardwebhooks';

/** A request as a sender makes it; changing a part forges it. */
export interface Forgeable {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

/** The sender's header values, an array where one is sent twice; undefined where it is not sent. */
export interface ForgedRequest {
  readonly id?: string | readonly string[];
  readonly timestamp?: string | readonly string[];
  readonly signature?: string | readonly string[];
  readonly body: string;
}

/** One thing a receiver must refuse. */
export interface Forgery {
  readonly name: string;
  readonly forge: (request: Forgeable, sender: ReferenceSender) => ForgedRequest;
}

/** Signs with the published library. */
export class ReferenceSender {
  private readonly webhook: Webhook;

  constructor(
    secret: string,
    /** Unix seconds. */
    readonly now: number,
  ) {
    this.webhook = new Webhook(secret);
  }

  signed(part: { id?: string; at?: number; body?: string } = {}): Forgeable {
    const { id = 'msg_1', at = this.now, body = '{"test": 2432232314}' } = part;
    const signature = this.webhook.sign(id, new Date(at * 1000), body);
    return { id, timestamp: String(at), signature, body };
  }
}

type Part = 'id' | 'timestamp' | 'signature';

function values(
  part: Part,
  list: Record<string, (text: string) => string | readonly string[] | undefined>,
): Forgery[] {
  return Object.entries(list).map(([name, change]) => ({
    name: `${part}: ${name}`,
    forge: (request) => ({ ...request, [part]: change(request[part]) }),
  }));
}

const everyHeader = (['id', 'timestamp', 'signature'] as const).flatMap((part) =>
  values(part, {
    missing: () => undefined,
    empty: () => '',
    'sent twice': (text) => [text, text],
    'joined by a proxy': (text) => `${text}, ${text}`,
    'over 4 kB': (text) => text.padEnd(4097, '0'),
  }),
);

const timestamps = values('timestamp', {
  sign: (text) => `+${text}`,
  'negative sign': (text) => `-${text}`,
  decimal: (text) => `${text}.0`,
  hexadecimal: (text) => `0x${Number(text).toString(16)}`,
  exponent: (text) => `${Number(text) / 10}e1`,
  suffix: (text) => `${text}abc`,
  'inner space': (text) => `${text} 0`,
  milliseconds: (text) => `${text}000`,
  'leading zero': (text) => `0${text}`,
  changed: (text) => String(Number(text) - 1),
});

const signatures = values('signature', {
  'no comma': (text) => text.replace(',', ''),
  'no version': (text) => text.slice('v1'.length),
  'version alone': () => 'v1,',
  truncated: (text) => text.slice(0, -5),
  longer: (text) => `${text}AAAA`,
  'equals sign for the comma': (text) => text.replace(',', '='),
  'version of the other algorithm': (text) => text.replace('v1,', 'v1a,'),
  'unknown version': (text) => text.replace('v1,', 'v2,'),
  base64url: (text) => text.replaceAll('+', '-').replaceAll('/', '_').replace('=', ''),
  unpadded: (text) => text.replace(/=+$/, ''),
  'not canonical base64': (text) =>
    text.replace(/(.)=$/, (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`),
  'a third part': (text) => `${text},extra`,
  'list split by tab': (text) => `v1,AAAA\t${text}`,
  'list split by comma': (text) => `v1,AAAA,${text}`,
  'list split by two spaces': (text) => `v1,AAAA  ${text}`,
  'more than 32': (text) => [...Array.from({ length: 32 }, () => 'v1,AAAA'), text].join(' '),
  'one byte changed': (text) => text.replace(/,./, (start) => (start === ',A' ? ',B' : ',A')),
});

const contents: readonly Forgery[] = [
  {
    name: 'body: one byte changed',
    forge: (request) => ({ ...request, body: request.body.replace('4}', '5}') }),
  },
  {
    name: 'body: serialised again',
    forge: (request) => ({ ...request, body: JSON.stringify(JSON.parse(request.body)) }),
  },
  { name: 'body: other', forge: (request) => ({ ...request, body: '{}' }) },
  { name: 'id: changed', forge: (request) => ({ ...request, id: 'msg_2' }) },
  { name: 'id: with a dot', forge: (_, sender) => sender.signed({ id: 'msg.1' }) },
  { name: 'id: with a space', forge: (_, sender) => sender.signed({ id: 'msg 1' }) },
  { name: 'id: with a tab', forge: (_, sender) => sender.signed({ id: 'msg\t1' }) },
  { name: 'id: not ASCII', forge: (_, sender) => sender.signed({ id: 'mség' }) },
  { name: 'id: over 256', forge: (_, sender) => sender.signed({ id: 'm'.repeat(257) }) },
  { name: 'timestamp: too old', forge: (_, sender) => sender.signed({ at: sender.now - 301 }) },
  { name: 'timestamp: too new', forge: (_, sender) => sender.signed({ at: sender.now + 301 }) },
  {
    name: "another subscription's secret, or an old one",
    forge: (request, sender) =>
      new ReferenceSender(`whsec_${'B'.repeat(32)}`, sender.now).signed({ id: request.id }),
  },
];

/** Every request that a strict receiver refuses; each is otherwise correct. */
export const FORGERIES: readonly Forgery[] = [
  ...everyHeader,
  ...timestamps,
  ...signatures,
  ...contents,
];
