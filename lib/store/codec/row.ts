import { isAnyArrayBuffer } from 'node:util/types';

/** A row as a database driver gives it, by column name. */
export type Row = Readonly<Record<string, unknown>>;

export function textOf(row: Row, column: string): string {
  return String(row[column]);
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}

/** Drivers give a large integer as a number, a bigint or a text. */
export function numberOf(row: Row, column: string): number {
  return Number(row[column]);
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : numberOf(row, column);
}

/** Databases without a boolean type hold 0 or 1. */
export function flagOf(row: Row, column: string): boolean {
  return Number(row[column]) === 1;
}

/** Drivers give bytes as a Buffer, another view or a bare ArrayBuffer, and none as null. */
export function bytesOf(row: Row, column: string): Buffer {
  const value = row[column];
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  return isAnyArrayBuffer(value) ? Buffer.from(value) : Buffer.alloc(0);
}
