import { PostgresStoreError } from './postgres-store.error.js';

const SQL_STATE = /^[0-9A-Z]{5}$/;

/** Remedies by SQLSTATE, the most exact first: a whole code, or the two characters of its class. */
const REMEDIES: Readonly<Record<string, string>> = {
  '3F000': 'Run `migrate()` of PostgresWebhookStore in the deployment, or set `migrateOnStart`.',
  '42P01': 'Run `migrate()` of PostgresWebhookStore in the deployment, or set `migrateOnStart`.',
  '42883': 'Run `migrate()` of PostgresWebhookStore in the deployment, or set `migrateOnStart`.',
  '42703': 'Run `migrate()` of PostgresWebhookStore in the deployment, or set `migrateOnStart`.',
  '42501': "Grant the pool's user the rights on the schema, or run `migrate()` as its owner.",
  '25006': 'Give PostgresWebhookStore a pool on the primary server: this one is read-only.',
  '25P02': 'The transaction failed before: roll it back and begin anew.',
  '53300': 'Lower `max` of the pools, or raise `max_connections` of the server.',
  '40': 'Roll the transaction back and try it again.',
  '53': 'Free disk space, memory or connections of the database server.',
  '28': 'Check user and password of the pool.',
  '08': 'Check that the database server can be reached, and try again.',
  '57': 'Try again: the server is being stopped or started, or the statement took too long.',
};

const UNREACHABLE =
  'Check that the database server can be reached and that `max` of the pool is not too small, and try again.';

// These hold values of the statement in their message.
const TELLING_CLASSES = ['22', '23'];

interface Failure {
  readonly code: string | null;
  readonly message: string;
}

/**
 * What the driver threw, as an error of this package. The cause is a copy that says what happened and
 * holds no value of a statement.
 *
 * @param foreign it came through the application's own client, which may put values into messages
 */
export function toPostgresError(thrown: unknown, foreign = false): PostgresStoreError {
  if (thrown instanceof PostgresStoreError) return thrown;
  const { code, message } = failureOf(thrown);
  const sqlState = code !== null && SQL_STATE.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : null;
  const telling = foreign || (sqlState !== null && TELLING_CLASSES.includes(sqlState.slice(0, 2)));
  const cause = new Error(telling ? `SQLSTATE ${sqlState ?? code ?? 'unknown'}` : message);
  if (sqlState === null) {
    const problem = `PostgreSQL did not answer${code === null ? '' : ` (${code})`}.`;
    return new PostgresStoreError(problem, UNREACHABLE, null, { cause });
  }
  const remedy =
    REMEDIES[sqlState] ??
    REMEDIES[sqlState.slice(0, 2)] ??
    'Look the code up in the documentation of PostgreSQL.';
  const problem = `PostgreSQL refused a statement (SQLSTATE ${sqlState}).`;
  return new PostgresStoreError(problem, remedy, sqlState, { cause });
}

/** Clients wrap the driver's error in one of their own; the innermost one with a code tells most. */
function failureOf(thrown: unknown): Failure {
  let found: Failure = { code: null, message: messageOf(thrown) };
  const seen = new Set<unknown>();
  for (let at = thrown; typeof at === 'object' && at !== null && !seen.has(at);) {
    seen.add(at);
    if ('code' in at && typeof at.code === 'string') {
      found = { code: at.code, message: messageOf(at) };
    }
    at = 'driverError' in at ? at.driverError : 'cause' in at ? at.cause : undefined;
  }
  return found;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'unknown failure';
}
