import { InvalidArgumentError } from './invalid-argument.error.js';

/** Which part of a list to give. */
export interface PageOptions {
  /** `next` of the page before; left out for the first page. */
  readonly cursor?: string;
  /**
   * Entries per page: 1 to 200.
   * @default 50
   */
  readonly limit?: number;
}

/** A part of a list, newest first. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the page after this one; null on the last. */
  readonly next: string | null;
}

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 200;

/**
 * Gets one page through `load`, which gives up to `limit` entries older than `after`.
 * @throws InvalidArgumentError for a malformed cursor or limit
 */
export async function loadPage<R extends { readonly id: string }, T>(
  options: PageOptions,
  idPattern: RegExp,
  load: (page: { after: string | null; limit: number }) => Promise<readonly R[]>,
  view: (record: R) => T,
): Promise<Page<T>> {
  const { cursor, limit = DEFAULT_LIMIT } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT) {
    throw new InvalidArgumentError('limit', `Give a whole number from 1 to ${LARGEST_LIMIT}.`);
  }
  const after = cursor === undefined ? null : decodeCursor(cursor, idPattern);
  // One more than asked for tells whether there is a further page.
  const records = await load({ after, limit: limit + 1 });
  const shown = records.slice(0, limit);
  const last = shown.at(-1);
  const next = records.length > limit && last !== undefined ? encodeCursor(last.id) : null;
  return { items: shown.map(view), next };
}

function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function decodeCursor(cursor: unknown, idPattern: RegExp): string {
  if (typeof cursor === 'string' && cursor.length <= 128) {
    const id = Buffer.from(cursor, 'base64url').toString();
    if (idPattern.test(id)) return id;
  }
  throw new InvalidArgumentError('cursor', 'Give `next` of an earlier page of the same list.');
}
