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
