// A bar for each contestant of the stream: its CPU time for a delivery, in raw requests.
const ROW = 26;
const LABELS = 360;
const BARS = 400;
const HEAD = 44;

export function chart({ rows }) {
  const ratios = rows.map((row) => row.ratio ?? 0);
  const scale = BARS / Math.max(...ratios);
  const [width, height] = [LABELS + BARS + 70, HEAD + rows.length * ROW + 12];
  const bars = rows.map((row, index) => bar(row, HEAD + index * ROW, row.ratio * scale));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="CPU time for a delivery, in requests of the raw client">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="16" y="26" font-size="15" font-weight="600" fill="#1f2328">CPU time for a delivery, in requests of the raw client</text>`,
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}

function bar({ title, own, ratio }, y, width) {
  const label = title.replaceAll('`', '').replaceAll('&', '&amp;');
  return [
    `<text x="${LABELS - 10}" y="${y + 17}" text-anchor="end" fill="#1f2328">${label}</text>`,
    `<rect x="${LABELS}" y="${y + 4}" width="${width.toFixed(1)}" height="18" rx="2" fill="${own ? '#e0234e' : '#8c959f'}"/>`,
    `<text x="${(LABELS + width + 6).toFixed(1)}" y="${y + 17}" fill="#1f2328">${ratio.toFixed(1)}×</text>`,
  ].join('\n');
}
