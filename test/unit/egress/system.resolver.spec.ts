import { lookup } from 'node:dns/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ResolvedAddress } from '../../../lib/egress/host.resolver.js';
import { SystemHostResolver } from '../../../lib/egress/system.resolver.js';
import { NameAnswer, NameServer } from './support/name.server.js';
import { until } from './support/transports.js';

const ADDRESS: ResolvedAddress = { address: '93.184.216.34', family: 4 };

let server: NameServer | null = null;

afterEach(async () => {
  server?.release();
  await server?.stop();
  server = null;
});

async function start(
  answers: Readonly<Record<string, NameAnswer>>,
  askSystem?: (hostname: string) => Promise<readonly ResolvedAddress[]>,
): Promise<SystemHostResolver> {
  server = await NameServer.start((name) => answers[name.replace(/\d+/, '')] ?? 'unknown');
  return new SystemHostResolver({ servers: [server.address] }, askSystem);
}

describe('SystemHostResolver', () => {
  it('asks the name servers of the operating system, and it where they know nothing', async () => {
    const addresses = await new SystemHostResolver().resolve('localhost');
    expect(addresses.map(({ address }) => address)).toContain('127.0.0.1');
  });

  it('gives all addresses of a name, and asks for each name once', async () => {
    const resolver = await start({ 'hooks.example': ['93.184.216.34', '93.184.216.35'] });
    const both = Promise.all(['hooks.example', 'hooks.example'].map((n) => resolver.resolve(n)));
    const expected = [ADDRESS, { ...ADDRESS, address: '93.184.216.35' }];
    expect(await both).toEqual([expected, expected]);
    expect(server!.asked).toEqual(['hooks.example', 'hooks.example']);
    await resolver.resolve('hooks.example');
    expect(server!.asked).toHaveLength(4);
  });

  it('delays neither other names nor those of the process for slow ones, however many', async () => {
    const names = { 'slow.example': 'later', 'hooks.example': [ADDRESS.address] } as const;
    const resolver = await start(names, () => Promise.reject(new Error('no such name')));
    let ended = 0;
    const slow = Array.from({ length: 64 }, async (_, index) =>
      resolver.resolve(`slow${index}.example`).finally(() => ended++),
    );
    const failures = Promise.allSettled(slow);
    await until(() => server!.asked.length >= 128);
    expect(await resolver.resolve('hooks.example')).toEqual([ADDRESS]);
    await lookup('localhost');
    expect(ended).toBe(0);
    server!.release();
    expect((await failures).map(({ status }) => status)).toEqual(Array(64).fill('rejected'));
  });

  it('asks the operating system about one unknown name after another', async () => {
    const asked: string[] = [];
    const release: (() => void)[] = [];
    const resolver = await start({ 'hooks.example': [ADDRESS.address] }, async (hostname) => {
      asked.push(hostname);
      await new Promise<void>((resolve) => release.push(resolve));
      if (hostname === 'none.example') throw new Error('no such name');
      return [{ address: '10.0.0.1', family: 4 }];
    });
    const none = resolver.resolve('none.example').catch((thrown: unknown) => thrown);
    await until(() => asked.length === 1);
    const inside = resolver.resolve('inside.example');
    await until(() => server!.asked.filter((name) => name === 'inside.example').length === 2);
    expect(await resolver.resolve('hooks.example')).toEqual([ADDRESS]);
    expect(asked).toEqual(['none.example']);
    release[0]!();
    expect(await none).toMatchObject({ message: 'no such name' });
    await until(() => asked.length === 2);
    release[1]!();
    expect(await inside).toEqual([{ address: '10.0.0.1', family: 4 }]);
  });

  it('does not ask it about a name whose server fails, so that this holds no thread', async () => {
    const asked: string[] = [];
    const resolver = await start({ 'broken.example': 'broken' }, async (hostname) => {
      asked.push(hostname);
      return [ADDRESS];
    });
    await expect(resolver.resolve('broken.example')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    expect(asked).toEqual([]);
  });

  it('asks it where no name server is there to be asked', async () => {
    const gone = await NameServer.start(() => 'unknown');
    const servers = [gone.address];
    await gone.stop();
    const resolver = new SystemHostResolver({ servers }, async () => [ADDRESS]);
    expect(await resolver.resolve('hooks.example')).toEqual([ADDRESS]);
  });
});
