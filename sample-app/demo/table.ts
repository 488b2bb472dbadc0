import type { Stage } from './stage.js';

const HEADINGS = ['event', 'receiver', 'status', 'attempts', 'why it ended so'];

/** Prints every delivery, oldest first. */
export async function printDeliveries(stage: Stage): Promise<void> {
  const { items } = await stage.webhooks.deliveries.list({ limit: 200 });
  const rows = items
    .map((one) => [
      one.eventType,
      stage.nameOf(one.subscriptionId),
      one.status,
      String(one.attemptCount),
      one.reason ?? '',
    ])
    .toReversed();
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const print = (row: readonly string[]): void =>
    console.log(
      `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
    );

  console.log('\nThe deliveries');
  print(HEADINGS);
  print(widths.map((width) => '─'.repeat(width)));
  rows.forEach(print);
}
