/**
 * What may be shown of a secret so that a person recognises it: its kind and its last four characters,
 * base64 padding left out: `whsec_…abcd`.
 */
export function secretHint(secret: string): string {
  const prefix = /^wh(?:sec|sk|pk)_/.exec(secret)?.[0] ?? '';
  return `${prefix}…${secret.replace(/=+$/, '').slice(-4)}`;
}
