import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WebhooksModuleOptions } from 'nestjs-webhooks';

const script = join(import.meta.dirname, '../fixtures/postgres.process.mjs');

/** What an app in a process of its own works with. */
export interface ProcessSettings {
  readonly url: string;
  readonly schema: string;
  /** Those that can be told to another process. */
  readonly options?: WebhooksModuleOptions;
}

/** An app on PostgreSQL in a process of its own. */
export class PostgresProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(settings: ProcessSettings): Promise<PostgresProcess> {
    const child = fork(script, [JSON.stringify(settings)], { execArgv: [] });
    await once(child, 'message');
    return new PostgresProcess(child);
  }

  /** Sends so many events; gives their ids. */
  async send(count: number): Promise<readonly string[]> {
    return this.ask({ name: 'send', count });
  }

  /** Sends an event in a transaction, commits it and dies at once; gives the event's id. */
  async commitAndDie(): Promise<string> {
    const exited = once(this.child, 'exit');
    const [id] = await this.ask({ name: 'commitAndDie' });
    await exited;
    return id!;
  }

  /** `kill -9` */
  async kill(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  private async ask(command: object): Promise<readonly string[]> {
    const answer = once(this.child, 'message');
    this.child.send(command);
    const [ids] = (await answer) as [readonly string[]];
    return ids;
  }
}
