/** Items that have the same key, together. */
export function groupsOf<T>(
  items: Iterable<T>,
  keyOf: (item: T) => unknown,
): Iterable<readonly T[]> {
  const groups = new Map<unknown, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups.values();
}
