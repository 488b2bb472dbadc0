import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../process/sender.process.mjs');

/** A sender process, as its parent sees it. */
export class Sender {
  asked = new Map();
  notes = [];
  number = 0;
  /** Whether its end is part of the scenario. */
  mayEnd = false;

  static async start(settings) {
    const child = fork(script, [JSON.stringify(settings)], { execArgv: [] });
    const sender = new Sender(child, settings.name);
    await Promise.race([once(child, 'message'), sender.exited]);
    return sender;
  }

  constructor(child, name) {
    this.child = child;
    this.name = name;
    this.exited = once(child, 'exit').then(([code, signal]) => {
      this.end = { code, signal };
      for (const { reject } of this.asked.values()) reject(new Error('the process ended'));
      return this.end;
    });
    child.on('message', (message) => this.hear(message));
  }

  get isAlive() {
    return this.end === undefined;
  }

  ask(name, command = {}) {
    const number = ++this.number;
    return new Promise((resolve, reject) => {
      this.asked.set(number, { resolve, reject });
      if (!this.isAlive) reject(new Error('the process ended'));
      // What cannot be written goes to a process that is ending, whose end rejects all that it was asked.
      else this.child.send({ number, name, ...command }, () => {});
    });
  }

  async signal(name) {
    this.mayEnd = true;
    if (this.isAlive) this.child.kill(name);
    return this.exited;
  }

  hear({ number, answer, error, note }) {
    if (note) this.notes.push(note);
    const asked = this.asked.get(number);
    this.asked.delete(number);
    if (error) asked?.reject(Object.assign(new Error(error.message), error));
    else asked?.resolve(answer);
  }
}
