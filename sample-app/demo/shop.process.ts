import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
const POLL = 20;

/** The shop in a process of its own, which can be killed. */
export class ShopProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** @param env besides that of this process */
  static start(env: NodeJS.ProcessEnv): ShopProcess {
    const options = { env: { ...process.env, ...env }, stdio: 'ignore' } as const;
    return new ShopProcess(spawn(process.execPath, [MAIN], options));
  }

  /** Resolves as soon as there is an answer from `url`. */
  async answers(url: string): Promise<void> {
    while (!(await isAnswered(url))) {
      if (this.hasEnded) throw new Error('The process of the shop ended by itself');
      await setTimeout(POLL);
    }
  }

  /** `kill -9` */
  async kill(): Promise<void> {
    if (this.hasEnded) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
