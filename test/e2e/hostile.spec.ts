import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from '@jest/globals';
import { answer, flood, Receiver, repeat, type Script } from '../unit/egress/support/receiver.js';
import { NodeProcess } from './support/node.process.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const BOMB = gzipSync(Buffer.alloc(50_000_000)).toString('latin1');
const BOMB_HEAD = `content-encoding: gzip\r\ncontent-length: ${BOMB.length}\r\n\r\n`;
const ROUNDS = 10;
const MEGABYTE = 1_000_000;

const HOSTILE: Readonly<Record<string, readonly [Script, string]>> = {
  'endless body': [flood(`${OK}\r\n`, 'x'.repeat(4_096)), 'success'],
  'dripped body': [repeat(`${OK}content-length: 999\r\n\r\nx`, 'x', 20), 'success'],
  'dripped headers': [repeat(OK, 'a: b\r\n', 20), 'timeout'],
  'gzip bomb': [answer(OK + BOMB_HEAD + BOMB), 'success'],
  'flood of 1xx': [flood('', 'HTTP/1.1 102 Processing\r\n\r\n'), 'too_large'],
  'huge headers': [answer(`${OK}a: ${'x'.repeat(20_000)}\r\n\r\n`), 'too_large'],
  garbage: [answer('\0\x01\x02 SSH-2.0\r\n'), 'connect'],
  'early close': [(socket) => socket.end(`${OK}a: b`), 'connect'],
  reset: [(socket) => socket.resetAndDestroy(), 'connect'],
  silence: [() => undefined, 'timeout'],
};

let receivers: readonly Receiver[] = [];

afterEach(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
});

it('a hundred hostile answers, ten of each kind, take less than 20 MB of memory', async () => {
  receivers = await Promise.all(Object.values(HOSTILE).map(([script]) => Receiver.start(script)));
  const urls = receivers.map(({ url }) => url);
  const script = join(import.meta.dirname, 'fixtures/hostile.process.mjs');
  const order = JSON.stringify({ urls, before: ROUNDS, rounds: ROUNDS });
  const { code, output } = await NodeProcess.start(['--expose-gc', script, order]).end();
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^\{.*\}\n$/) });
  const { growth, outcomes } = JSON.parse(output) as { growth: number; outcomes: string[] };
  const names = Object.keys(HOSTILE);
  expect(outcomes.map((outcome, index) => [names[index], outcome])).toEqual(
    Object.entries(HOSTILE).map(([name, [, outcome]]) => [name, outcome]),
  );
  expect(receivers.map(({ requests }) => requests.length)).toEqual(names.map(() => 2 * ROUNDS));
  expect(growth).toBeLessThan(20 * MEGABYTE);
});
