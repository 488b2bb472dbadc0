/** The value below which this part of the others lies. */
export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

/** Median, lowest and highest of a figure over the runs. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const middle = (sorted.length - 1) / 2;
  return { median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2, min, max };
}

/** Each figure of several runs, summed up. */
export function summaries(runs) {
  const names = Object.keys(runs[0]);
  return Object.fromEntries(names.map((name) => [name, summary(runs.map((run) => run[name]))]));
}

export async function cpuOf(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Milliseconds since the Unix epoch, with fractions: the same in all processes of a machine. */
export function now() {
  return performance.timeOrigin + performance.now();
}
