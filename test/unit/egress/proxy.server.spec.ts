import { describe, expect, it } from '@jest/globals';
import { AddressPolicy } from '../../../lib/egress/address.policy.js';
import { checkedProxy } from '../../../lib/egress/proxy.server.js';

const check = (entry: unknown) => checkedProxy(entry, new AddressPolicy());

describe('the option egress.proxy', () => {
  it.each([
    ['http://proxy.example.com', 'proxy.example.com', 80, false],
    ['https://proxy.example.com/', 'proxy.example.com', 443, true],
    ['HTTP://Proxy:3128', 'proxy', 3128, false],
    ['http://[2606:4700::1111]:1', '2606:4700::1111', 1, false],
  ])('reads %s', (entry, hostname, port, secure) => {
    expect(check(entry)).toEqual({ hostname, port, secure, authorization: null });
  });

  it('is none when it is left out', () => {
    expect(check(undefined)).toBeNull();
  });

  it.each([
    '',
    'canary',
    'canary:3128',
    'socks5://canary',
    'http://',
    'http://proxy:0/?canary',
    'http://proxy:0',
    'http://proxy:65536',
    'http://proxy/canary',
    'http://proxy/?canary',
    'http://proxy/#canary',
    'http://canary%3Aa:b@proxy',
    'http://canary:%0a@proxy',
    'http://canary:%ff@proxy',
    ['http://proxy'],
    null,
    3128,
  ])('is refused when it is %j, without repeating it', (entry) => {
    const expected = {
      code: 'WEBHOOKS_INVALID_EGRESS_OPTION',
      message: expect.stringContaining('The option egress.proxy holds "no URL of a proxy". Write'),
      entry: 'no URL of a proxy',
    };
    expect(() => check(entry)).toThrow(expect.objectContaining(expected));
  });

  it.each(['http://10.0.0.1', 'http://canary:pass@127.0.0.1:3128', 'http://[::1]'])(
    'is refused when it is %s, which is not allowed',
    (entry) => {
      const message = /not public". Add the address of the proxy to egress\.allow/;
      expect(() => check(entry)).toThrow(message);
      expect(() => check(entry)).not.toThrow(/canary|pass|10\.0|127/);
    },
  );
});
