/** SQL whose parameters are written `?`, in the order in which they occur. */
export interface QuestionMarkSql {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** Rewrites `$1`, `$2`, … for a client that knows only `?`. The SQL has no question mark of its own. */
export function toQuestionMarks(sql: string, params: readonly unknown[]): QuestionMarkSql {
  const ordered: unknown[] = [];
  const text = sql.replace(/\$(\d+)/g, (_, number: string) => {
    ordered.push(params[Number(number) - 1]);
    return '?';
  });
  return { sql: text, params: ordered };
}
