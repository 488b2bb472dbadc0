/** Whether an event type is one that any of the patterns stands for: exact, `order.*` or `*`. */
export function matchesPattern(eventType: string, patterns: readonly string[]): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' ||
      pattern === eventType ||
      (pattern.endsWith('.*') && eventType.startsWith(pattern.slice(0, -1))),
  );
}
