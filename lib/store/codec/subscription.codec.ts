import type { SubscriptionRecord } from '../subscription.record.js';
import { numberOf, numberOrNull, Row, textOf, textOrNull } from './row.js';
import { SUBSCRIPTION_SHAPES } from './subscription.shapes.js';
import { TextCipher } from './text.cipher.js';
import { UnreadableRecordError } from './unreadable-record.error.js';

/** Columns of a subscription, in the order of {@link SubscriptionCodec.encode}. */
export const SUBSCRIPTION_COLUMNS = [
  'id',
  'tenant',
  'url',
  'event_types',
  'description',
  'metadata',
  'headers',
  'secrets',
  'credentials',
  'retry',
  'filter',
  'concurrency',
  'rate_limit',
  'state',
  'disabled_reason',
  'disabled_at',
  'failing_since',
  'created_at',
  'updated_at',
] as const;

/** What is stored encrypted when there is a key. */
export interface SealedColumns {
  readonly headers: string;
  readonly secrets: string;
  /** Authorisation and client certificate. */
  readonly credentials: string;
}

/** Subscriptions as rows: lists and objects as JSON, encrypted where they hold secrets. */
export class SubscriptionCodec {
  constructor(private readonly cipher: TextCipher) {}

  encode(record: SubscriptionRecord): (string | number | null)[] {
    const { headers, secrets, credentials } = this.sealed(record);
    return [
      record.id,
      record.tenant,
      record.url,
      JSON.stringify(record.eventTypes),
      record.description,
      JSON.stringify(record.metadata),
      headers,
      secrets,
      credentials,
      record.retry && JSON.stringify(record.retry),
      record.filter && JSON.stringify(record.filter),
      record.concurrency,
      record.rateLimit,
      record.state,
      record.disabledReason,
      record.disabledAt,
      record.failingSince,
      record.createdAt,
      record.updatedAt,
    ];
  }

  /** @throws UnreadableRecordError for a row that cannot be decrypted or is damaged */
  decode(row: Row): SubscriptionRecord {
    return {
      id: textOf(row, 'id'),
      tenant: textOf(row, 'tenant'),
      url: textOf(row, 'url'),
      eventTypes: this.json(row, 'event_types') as string[],
      description: textOf(row, 'description'),
      metadata: this.json(row, 'metadata') as Record<string, string>,
      headers: this.json(row, 'headers') as Record<string, string>,
      secrets: this.json(row, 'secrets') as SubscriptionRecord['secrets'],
      ...NO_CREDENTIALS,
      ...(this.json(row, 'credentials') as Partial<Credentials>),
      retry: this.jsonOrNull(row, 'retry') as SubscriptionRecord['retry'],
      filter: this.jsonOrNull(row, 'filter') as SubscriptionRecord['filter'],
      concurrency: numberOrNull(row, 'concurrency'),
      rateLimit: numberOrNull(row, 'rate_limit'),
      state: textOf(row, 'state') as SubscriptionRecord['state'],
      disabledReason: textOrNull(row, 'disabled_reason') as SubscriptionRecord['disabledReason'],
      disabledAt: numberOrNull(row, 'disabled_at'),
      failingSince: numberOrNull(row, 'failing_since'),
      createdAt: numberOf(row, 'created_at'),
      updatedAt: numberOf(row, 'updated_at'),
    };
  }

  /**
   * The encrypted columns of a row, encrypted anew with the first key; null when they are so already.
   * @throws UnreadableRecordError for a row that cannot be decrypted
   */
  reencode(row: Row): SealedColumns | null {
    const current = SEALED.every((name) => this.isCurrent(textOf(row, name)));
    return current ? null : this.sealed(this.decode(row));
  }

  private isCurrent(stored: string): boolean {
    return stored === EMPTY || this.cipher.isCurrent(stored);
  }

  private sealed({ id, headers, secrets, ...others }: SubscriptionRecord): SealedColumns {
    const { auth, clientCertificate } = others;
    const credentials = { ...(auth && { auth }), ...(clientCertificate && { clientCertificate }) };
    const seal = (column: string, value: unknown): string => {
      const text = JSON.stringify(value);
      return text === EMPTY ? text : this.cipher.seal(text, contextOf(column, id));
    };
    return {
      headers: seal('headers', headers),
      secrets: seal('secrets', secrets),
      credentials: seal('credentials', credentials),
    };
  }

  private jsonOrNull(row: Row, column: JsonColumn): unknown {
    return row[column] === null ? null : this.json(row, column);
  }

  private json(row: Row, column: JsonColumn): unknown {
    const value = row[column];
    const id = textOf(row, 'id');
    // A driver may have parsed a JSON column already.
    const sealed = typeof value === 'string' ? value : null;
    const found = sealed === null ? value : parsed(this.opened(sealed, column, id));
    if (SUBSCRIPTION_SHAPES[column](found)) return found;
    const remedy = `Its ${column} are damaged: restore the row, or delete the subscription.`;
    throw new UnreadableRecordError(id, sealed && TextCipher.keyOf(sealed), remedy);
  }

  private opened(sealed: string, column: JsonColumn, id: string): string {
    const opened = this.cipher.open(sealed, contextOf(column, id));
    if ('text' in opened) return opened.text;
    const keyId = TextCipher.keyOf(sealed);
    const remedy =
      opened.failure === 'unknown-key'
        ? `Add the key "${keyId}" that encrypted its ${column} to \`encryptionKeys\`.`
        : `Its ${column} cannot be decrypted with the key "${keyId}": give \`encryptionKeys\` the key that had this id then, or restore the row if it was changed.`;
    throw new UnreadableRecordError(id, keyId, remedy);
  }
}

type JsonColumn = keyof typeof SUBSCRIPTION_SHAPES;
type Credentials = Pick<SubscriptionRecord, 'auth' | 'clientCertificate'>;

const SEALED = ['headers', 'secrets', 'credentials'] as const satisfies (keyof SealedColumns)[];
const NO_CREDENTIALS: Credentials = { auth: null, clientCertificate: null };
/** Most subscriptions have no headers and no credentials: there is nothing to hide. */
const EMPTY = '{}';

/** Binds an encrypted text to its place: copied into another row or column it cannot be read. */
function contextOf(column: string, subscriptionId: string): string {
  return `${column}:${subscriptionId}`;
}

/** Undefined for what is no JSON, which has the form of nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
