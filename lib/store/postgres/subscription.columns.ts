import { SUBSCRIPTION_COLUMNS } from '../codec/subscription.codec.js';

/**
 * The columns of a subscription for a SELECT, as the codec reads them. The list of event types is given
 * as JSON, because clients differ in how they read arrays.
 *
 * @param prefix stands before the name of each column of the answer
 */
export function selectSubscription(alias: string, prefix = ''): string {
  return SUBSCRIPTION_COLUMNS.map((column) =>
    column === 'event_types'
      ? `to_json(${alias}.${column})::text AS ${prefix}${column}`
      : `${alias}.${column} AS ${prefix}${column}`,
  ).join(', ');
}
