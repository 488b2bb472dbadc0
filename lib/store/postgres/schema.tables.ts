import { InvalidArgumentError } from '../../platform/invalid-argument.error.js';

/** Names for SQL text: checked once, so that they can stand in it. */
export interface Tables {
  readonly schema: string;
  readonly subscriptions: string;
  readonly events: string;
  readonly deliveries: string;
  readonly attempts: string;
  readonly cancellations: string;
  readonly migrations: string;
  readonly replicas: string;
  /** Sequence. */
  readonly ordinals: string;
  /** Functions, see `createFunctions`. */
  readonly dueByAge: string;
  readonly dueOf: string;
  readonly waitingOf: string;
  readonly dueHeads: string;
  readonly nextDue: string;
  readonly moreDue: string;
  readonly acceptEvents: string;
  readonly claimByAge: string;
  readonly claimBySubscription: string;
  readonly claimOfIds: string;
  readonly settleAttempts: string;
  readonly settleAndDisable: string;
  readonly isBehind: string;
  readonly parkLine: string;
  readonly releaseLine: string;
  readonly releaseStranded: string;
  /** Channel of `NOTIFY`. */
  readonly channel: string;
}

// The channel's name, which holds it, may have 63 bytes.
const SCHEMA = /^[a-z_][a-z0-9_]{0,46}$/;

/** @throws InvalidArgumentError for a name that cannot be used */
export function tablesOf(schema: string): Tables {
  if (typeof schema !== 'string' || !SCHEMA.test(schema) || schema.startsWith('pg_')) {
    throw new InvalidArgumentError(
      'schema',
      'Give up to 47 lower-case letters, digits and "_", not beginning with a digit or "pg_".',
    );
  }
  return {
    schema: `"${schema}"`,
    subscriptions: `"${schema}".subscriptions`,
    events: `"${schema}".events`,
    deliveries: `"${schema}".deliveries`,
    attempts: `"${schema}".attempts`,
    cancellations: `"${schema}".cancellations`,
    migrations: `"${schema}".migrations`,
    replicas: `"${schema}".replicas`,
    ordinals: `"${schema}".ordinals`,
    dueByAge: `"${schema}".due_by_age`,
    dueOf: `"${schema}".due_of`,
    waitingOf: `"${schema}".waiting_of`,
    dueHeads: `"${schema}".due_heads`,
    nextDue: `"${schema}".next_due`,
    moreDue: `"${schema}".more_due`,
    acceptEvents: `"${schema}".accept_events`,
    claimByAge: `"${schema}".claim_by_age`,
    claimBySubscription: `"${schema}".claim_by_subscription`,
    claimOfIds: `"${schema}".claim_of_ids`,
    settleAttempts: `"${schema}".settle_attempts`,
    settleAndDisable: `"${schema}".settle_and_disable`,
    isBehind: `"${schema}".is_behind`,
    parkLine: `"${schema}".park_line`,
    releaseLine: `"${schema}".release_line`,
    releaseStranded: `"${schema}".release_stranded`,
    channel: `nestjs_webhooks_${schema}`,
  };
}
