/**
 * A statement as a function, so that a session parses and plans it once: for the largest ones that takes
 * longer than running them. Unlike a prepared statement it needs nothing of the connection.
 *
 * Its plans must do for any arguments, and for tables that have grown since. So every table in the
 * statement is read by an index and by nothing else: by the ids in an array, which is then joined by their
 * hash, or in a `LATERAL` subquery with `OFFSET 0`, which is read once for each row.
 *
 * @param signature the name and, for `$1`, `$2`, …, the types
 * @param columns of the rows that the statement gives
 */
export function storedFunction(
  signature: string,
  columns: readonly string[],
  statement: string,
): string {
  return `CREATE FUNCTION ${signature} RETURNS TABLE (${columns.join(', ')}) LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
    SET enable_nestloop = off SET jit = off AS $$
    #variable_conflict use_column
    BEGIN
      RETURN QUERY ${statement};
    END $$`;
}

const TYPES: Readonly<Record<string, string>> = {
  attempts: 'integer',
  tries: 'integer',
  replayed: 'boolean',
  due_at: 'bigint',
  created_at: 'bigint',
  ended_at: 'bigint',
  body: 'bytea',
  occurred_at: 'bigint',
  concurrency: 'integer',
  rate_limit: 'double precision',
  disabled_at: 'bigint',
  failing_since: 'bigint',
  updated_at: 'bigint',
};

/** Columns of the tables as a function declares them, each with a prefix before its name. */
export function declared(names: readonly string[], prefix = ''): string[] {
  return names.map((name) => `${prefix}${name} ${TYPES[name] ?? 'text'}`);
}
