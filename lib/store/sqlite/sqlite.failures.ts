const BUSY = 5;

/** Whether a driver's error says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Object)) return false;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string' && code.startsWith('SQLITE_BUSY')) return true;
  // `node:sqlite` gives a number, whose lower byte is the primary code.
  const number: unknown = Reflect.get(error, 'errcode');
  return typeof number === 'number' && (number & 0xff) === BUSY;
}

/** Whether `BEGIN` failed because the connection has a transaction open already. */
export function isNested(error: unknown): boolean {
  return error instanceof Error && error.message.includes('within a transaction');
}
