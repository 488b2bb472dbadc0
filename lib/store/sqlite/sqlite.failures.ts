const BUSY = 5;

/** Whether a driver's error says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const code = propertyOf(error, 'code');
  if (typeof code === 'string' && code.startsWith('SQLITE_BUSY')) return true;
  // `node:sqlite` gives a number, whose lower byte is the primary code.
  const number = propertyOf(error, 'errcode');
  return typeof number === 'number' && (number & 0xff) === BUSY;
}

/** Whether `BEGIN` failed because the connection has a transaction open already. */
export function isNested(error: unknown): boolean {
  const message = propertyOf(error, 'message');
  return typeof message === 'string' && message.includes('within a transaction');
}

function propertyOf(thrown: unknown, name: string): unknown {
  return typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;
}
