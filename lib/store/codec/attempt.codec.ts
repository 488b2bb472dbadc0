import type { AttemptRecord, AttemptResult } from '../attempt.record.js';
import { numberOf, numberOrNull, Row, textOf, textOrNull } from './row.js';

/** The columns outcome, duration, status, answer and error, in this order. */
export function encodeResult(result: AttemptResult): (string | number | null)[] {
  return [result.outcome, result.duration, result.status, result.answer, result.error];
}

/** An attempt in flight has no outcome yet. */
export function decodeAttempt(row: Row): AttemptRecord {
  const outcome = textOrNull(row, 'outcome') as AttemptResult['outcome'] | null;
  return {
    deliveryId: textOf(row, 'delivery_id'),
    number: numberOf(row, 'number'),
    startedAt: numberOf(row, 'started_at'),
    result: outcome && {
      outcome,
      duration: numberOf(row, 'duration'),
      status: numberOrNull(row, 'status'),
      answer: textOrNull(row, 'answer'),
      error: textOrNull(row, 'error'),
    },
  };
}
