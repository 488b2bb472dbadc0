import { SCENES } from './scenes.js';
import { Stage } from './stage.js';
import { printDeliveries } from './table.js';

/** Plays the life of webhooks in the real shop, with real receivers, and checks every step. */
const stage = await Stage.open();
let failed = 0;
for (const { title, play } of SCENES) {
  console.log(`\n${title}`);
  try {
    await play(stage);
    await stage.quiet();
    console.log('  ✓ as it should be');
  } catch (error) {
    failed++;
    console.log(`  ✗ ${error instanceof Error ? error.message : String(error)}`);
  }
}
await printDeliveries(stage);
await stage.close();
console.log(
  failed === 0 ? '\nEvery step went as it should.' : `\n${failed} step(s) went otherwise.`,
);
process.exitCode = failed === 0 ? 0 : 1;
