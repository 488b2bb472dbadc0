// An application with 500 event types, against one with a single one.
import { join } from 'node:path';
import { spread, table } from '../report/table.mjs';
import { run } from '../support/processes.mjs';
import { summaries } from '../support/statistics.mjs';

const APP = join(import.meta.dirname, '../processes/catalogue.app.mjs');

export const title = 'Catalogue';

export async function measure({ quick, rounds }) {
  const sizes = [1, quick ? 20 : 500];
  const runs = new Map(sizes.map((eventTypes) => [eventTypes, []]));
  for (let round = 0; round < rounds; round++) {
    for (const eventTypes of sizes) {
      const result = await run(APP, { eventTypes }, { core: 0 });
      console.error(
        `  ${eventTypes}: ${result.start.toFixed(0)}, ${result.document.toFixed(0)} ms`,
      );
      runs.get(eventTypes).push(result);
    }
  }
  return {
    rows: sizes.map((eventTypes) => ({ eventTypes, ...summaries(runs.get(eventTypes)) })),
  };
}

export function report({ rows }) {
  const head = ['event types', 'start of the application, ms', '`extendDocument`, ms'];
  return table(
    head,
    rows.map((row) => [`${row.eventTypes}`, spread(row.start), spread(row.document)]),
  );
}

export function ratios({ rows: [one, many] }) {
  return [['start with many event types ÷ with one', many.start.min / one.start.min]];
}

export function goals() {
  return [];
}
