/** What came of the runs: a line for each, a table of the rows, and a summary. */
export class Report {
  runs = [];

  constructor(size) {
    this.size = size;
  }

  get isGood() {
    return this.runs.length > 0 && this.runs.every(({ problems }) => problems.length === 0);
  }

  add({ name, seed, world, found, failures, took }) {
    const { lost, unexplained, broken } = found;
    const problems = [...failures, ...lost, ...unexplained, ...broken];
    this.runs.push({
      name,
      problems,
      kills: world.kills,
      events: world.accepted.size,
      requests: world.receivers.ledger.length,
      lost: lost.length,
      unexplained: unexplained.length,
    });
    const isGood = problems.length === 0;
    console.log(
      `${isGood ? 'ok  ' : 'FAIL'} ${name}, seed ${seed}, ${(took / 1_000).toFixed(1)} s`,
    );
    if (isGood) return;
    for (const problem of problems.slice(0, 20)) console.log(`     ${problem}`);
    const { kills, events } = this.size;
    const flags = `--only ${name} --seeds ${seed} --kills ${kills} --events ${events}`;
    console.log(`     alone: npm run test:faults -- ${flags}`);
  }

  print(names) {
    const width = Math.max(...names.map(({ length }) => length));
    const row = (name, cells) =>
      console.log([name.padEnd(width), ...cells.map((cell) => String(cell).padStart(11))].join(''));
    console.log();
    row('', ['runs', 'kills', 'events', 'requests', 'lost', 'duplicated', 'failed']);
    for (const name of names) row(name, cellsOf(this.runs.filter((run) => run.name === name)));
    const [runs, kills, events, , lost, duplicated, failed] = cellsOf(this.runs);
    console.log(
      `\n${runs} runs, ${kills} kills, ${events} events, ${lost} lost, ` +
        `${duplicated} duplicated without cause, ${failed} failed`,
    );
  }
}

function cellsOf(runs) {
  const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
  const failed = runs.filter(({ problems }) => problems.length > 0).length;
  const counts = ['kills', 'events', 'requests', 'lost', 'unexplained'].map(sum);
  return [runs.length, ...counts, failed];
}
