// What a delivery costs: `npm run bench`, `npm run bench -- NAME [NAME]`.
import { parseArgs } from 'node:util';
import { findServers } from './support/servers.mjs';

const SCENARIOS = ['stream'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const servers = await findServers();
const context = {
  quick: values.quick,
  rounds: values.quick ? 1 : Number(values.rounds),
  only: values.only?.split(','),
  servers,
};
for (const name of positionals.length > 0 ? positionals : SCENARIOS) {
  console.error(name);
  const scenario = await import(`./scenarios/${name}.mjs`);
  const result = await scenario.measure(context);
  console.log(`\n## ${scenario.title}\n\n${scenario.report(result)}\n`);
}
