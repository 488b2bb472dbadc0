import { table, times } from './table.mjs';

/** How the ratios of the scenarios that were just measured have changed. */
export function comparison(scenarios, before, after) {
  const rows = [];
  for (const { name, ratios } of scenarios) {
    if (before[name] === undefined) continue;
    const earlier = new Map(ratios(before[name].result));
    for (const [ratio, value] of ratios(after[name].result)) {
      if (!earlier.has(ratio)) continue;
      const change = 100 * (value / earlier.get(ratio) - 1);
      const sign = change > 0 ? '+' : '';
      rows.push([ratio, times(earlier.get(ratio)), times(value), `${sign}${change.toFixed(0)} %`]);
    }
  }
  return table(['ratio', 'before', 'now', 'change'], rows);
}
