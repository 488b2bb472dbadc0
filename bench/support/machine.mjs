import { availableParallelism, cpus, totalmem } from 'node:os';

/** What the figures were measured on. */
export function describeMachine({ postgres, redis }) {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    postgres: postgres?.version ?? null,
    redis: redis?.version ?? null,
  };
}
