import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** What a process left behind. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A Node process under test. */
export class NodeProcess {
  private text = '';
  private readonly ended: Promise<unknown[]>;

  private constructor(private readonly child: ChildProcessByStdio<null, Readable, Readable>) {
    this.ended = once(child, 'close');
    child.stdout.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  /**
   * @param args a script and what stands before and after it
   * @param cwd the folder to run in; this process's own by default
   */
  static start(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string): NodeProcess {
    return new NodeProcess(
      spawn(process.execPath, args, {
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** The first match in what the process prints. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.text);
      if (found !== null) return found;
      if (this.child.exitCode !== null) throw new Error(`It ended early:\n${this.text}`);
      await Promise.race([once(this.child.stdout, 'data'), this.ended]);
    }
  }

  async end(): Promise<Ended> {
    await this.ended;
    return { code: this.child.exitCode, output: this.text };
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async stop(): Promise<Ended> {
    this.signal('SIGTERM');
    return this.end();
  }
}
