const LONGEST = 64;

/** A value as an error message may show it: printable, and never more than 64 characters. */
export function quote(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return `a value of type ${typeof value}`;

  const text = JSON.stringify(value.slice(0, LONGEST));
  const whole = value.length <= LONGEST && text.length <= LONGEST;
  return whole ? text : `${text.slice(0, LONGEST - 2)}…"`;
}
