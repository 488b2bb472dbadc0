// Tables as Markdown.

export function table(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A number with as many digits as it is worth. */
export function figure(value) {
  const digits = Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** The median, with the lowest and the highest where there were several runs. */
export function spread({ median, min, max }) {
  return min === max ? figure(median) : `${figure(median)} (${figure(min)}–${figure(max)})`;
}

export function times(ratio) {
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(3)}×`;
}
