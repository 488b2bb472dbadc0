import { isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AddressPolicy } from '../../../lib/egress/address.policy.js';
import { BlockedUrlError, UrlRule } from '../../../lib/egress/blocked-url.error.js';
import type { EgressOptions } from '../../../lib/egress/egress.options.js';
import { InvalidEgressOptionError } from '../../../lib/egress/invalid-egress-option.error.js';
import { UrlPolicy } from '../../../lib/egress/url.policy.js';
import { BAD_PORTS, INSIDE_SUFFIXES } from '../../../lib/egress/url.rules.js';

const policy = new UrlPolicy();

function refusal(url: unknown, options: EgressOptions = {}): BlockedUrlError | null {
  try {
    new UrlPolicy(options).check(url);
    return null;
  } catch (error) {
    if (error instanceof BlockedUrlError) {
      return error;
    }
    throw error;
  }
}

describe('UrlPolicy', () => {
  it.each([
    ['https://example.com', 'https://example.com/'],
    ['HTTPS://Example.COM:443/a?b=c', 'https://example.com/a?b=c'],
    ['https://example.com:8443/a@b', 'https://example.com:8443/a@b'],
    ['https://hooks.example.com./x', 'https://hooks.example.com./x'],
    ['https://my_app.example.com/', 'https://my_app.example.com/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://ехample.com/', 'https://xn--ample-ywe6i.com/'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://134744072/', 'https://8.8.8.8/'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
    ['https://localhost.example.com/', 'https://localhost.example.com/'],
  ])('gives %s back in its normal form', (url, href) => {
    expect(policy.check(url)).toBe(href);
  });

  it.each<[UrlRule, unknown]>([
    ['type', undefined],
    ['type', null],
    ['type', 42],
    ['type', new URL('https://example.com')],
    ['type', ['https://example.com']],
    ['length', `https://example.com/${'a'.repeat(2048)}`],
    ['characters', ' https://example.com'],
    ['characters', 'https://exam\tple.com'],
    ['characters', 'https://example.com/\n'],
    ['characters', 'https://example.com\\@127.0.0.1/'],
    ['characters', 'https://example\u00a0.com'],
    ['characters', 'https://exam\u200bple.com'],
    ['characters', 'https://exam\u00adple.com'],
    ['characters', '\ufeffhttps://example.com'],
    ['characters', 'https://example.com/\u202egpj.exe'],
    ['characters', 'https://example.com/\ud800'],
    ['characters', 'https://example.com/\0'],
    ['syntax', ''],
    ['syntax', 'example.com'],
    ['syntax', 'https:127.0.0.1'],
    ['syntax', 'https:/example.com'],
    ['syntax', 'https:///example.com'],
    ['syntax', 'https://'],
    ['syntax', 'https://?x'],
    ['syntax', '//example.com'],
    ['syntax', 'https://exa%mple.com'],
    ['syntax', 'https://example.com:99999'],
    ['syntax', 'https://1.2.3.4.5/'],
    ['syntax', 'https://[::1'],
    ['scheme', 'http://example.com'],
    ['scheme', 'ftp://example.com'],
    ['scheme', 'file://example.com/etc/passwd'],
    ['scheme', 'ws://example.com'],
    ['user-info', 'https://user:secret@example.com'],
    ['user-info', 'https://@example.com'],
    ['user-info', 'https://example.com@127.0.0.1/'],
    ['port', 'https://example.com:0'],
    ['port', 'https://example.com:22'],
    ['port', 'https://example.com:6667'],
    ['address', 'https://127.0.0.1'],
    ['address', 'https://2130706433'],
    ['address', 'https://0x7f.1'],
    ['address', 'https://0177.0.0.1'],
    ['address', 'https://127.1'],
    ['address', 'https://%31%32%37.0.0.1'],
    ['address', 'https://１２７.0.0.1'],
    ['address', 'https://①②⑦.⓪.⓪.①'],
    ['address', 'https://127.0.0.1.'],
    ['address', 'https://169.254.169.254/latest/meta-data'],
    ['address', 'https://[::1]'],
    ['address', 'https://[::ffff:10.0.0.1]'],
    ['address', 'https://[64:ff9b::808:808]'],
    ['name', 'https://receiver'],
    ['name', 'https://com.'],
    ['name', 'https://a..example.com'],
    ['name', 'https://-a.example.com'],
    ['name', `https://${'a'.repeat(64)}.example.com`],
    ['name', `https://${'a.'.repeat(127)}com`],
    ['name', 'https://exa!mple.com'],
    ['name', 'https://LOCALHOST'],
    ['name', 'https://localhost.'],
    ['name', 'https://api.localhost'],
  ])('refuses by the rule of %s: %j', (rule, url) => {
    expect(refusal(url)).toMatchObject({ rule, code: 'WEBHOOKS_BLOCKED_URL' });
  });

  it.each(INSIDE_SUFFIXES)('refuses names under %s', (suffix) => {
    expect(refusal(`https://x.${suffix}`)?.rule).toBe('name');
    expect(refusal(`https://a.x.${suffix}./`)?.rule).toBe('name');
    expect(refusal(`https://x${suffix}.com`)).toBeNull();
  });

  it('refuses every port that browsers refuse, and allows others', () => {
    for (const port of BAD_PORTS) {
      expect(refusal(`https://example.com:${port}`)?.rule).toBe('port');
    }
    expect(refusal('https://example.com:80')).toBeNull();
    expect(refusal('https://example.com:65535')).toBeNull();
  });

  it('allows only the ports of the option, counting the default one', () => {
    expect(refusal('https://example.com', { ports: [8443] })?.rule).toBe('port');
    expect(refusal('https://example.com:8443', { ports: [8443] })).toBeNull();
    expect(refusal('http://example.com', { ports: [80], http: true })).toBeNull();
  });

  it('allows http only when asked to', () => {
    expect(refusal('http://example.com', { http: true })).toBeNull();
    expect(refusal('ftp://example.com', { http: true })?.message).toContain('https or http');
  });

  it('allows what a developer needs when loopback is allowed', () => {
    const options = { allow: ['127.0.0.1/32'], http: true };
    expect(new UrlPolicy(options).check('http://127.0.0.1:3000/x')).toBe('http://127.0.0.1:3000/x');
    expect(refusal('http://localhost:3000', options)).toBeNull();
    expect(refusal('http://localhost:3000', { allow: ['::1'], http: true })).toBeNull();
    expect(refusal('http://localhost:3000', { allow: ['10.0.0.0/8'], http: true })?.rule).toBe(
      'name',
    );
    expect(refusal('http://api.localhost:3000', options)?.rule).toBe('name');
    expect(refusal('http://[::1]:3000', options)?.rule).toBe('address');
  });

  it('allows the names of the option and no others', () => {
    const options = { hosts: ['Receiver', 'host.docker.internal'] };
    expect(refusal('https://receiver/x', options)).toBeNull();
    expect(refusal('https://host.docker.internal/x', options)).toBeNull();
    expect(refusal('https://other.docker.internal/x', options)?.rule).toBe('name');
  });

  it.each([
    [{ ports: [0] }, '0'],
    [{ ports: [443.5] }, '443.5'],
    [{ hosts: ['10.0.0.1'] }, '10.0.0.1'],
    [{ hosts: ['a/b'] }, 'a/b'],
    [{ allow: ['nonsense'] }, 'nonsense'],
  ])('refuses the options %j', (options: EgressOptions, entry) => {
    expect(() => new UrlPolicy(options)).toThrow(InvalidEgressOptionError);
    expect(() => new UrlPolicy(options)).toThrow(entry);
  });

  it('repeats nothing of the URL in its message', () => {
    const urls = [
      'https://alice:s3cr3t@example.com',
      'https://s3cr3t.internal/s3cr3t',
      'https://s3cr3t',
      's3cr3t://example.com/',
      `https://${'s3cr3t'.repeat(400)}`,
    ];
    for (const url of urls) {
      const message = refusal(url)?.message ?? '';
      expect(message).not.toMatch(/s3cr3t|alice/);
      expect(message.length).toBeLessThan(160);
    }
  });

  const hosts = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(String),
    fc.constantFrom('localhost', 'a.local', '127.1', '0x7f000001', '①.1.1.1', 'example.com.'),
  );
  const parts = {
    scheme: fc.constantFrom('https://', 'http://', 'https:', 'HTTPS://', 'https:///', 'data:'),
    user: fc.constantFrom('', '', '', 'a@', ':b@', '@'),
    host: fc.oneof(hosts, fc.string({ unit: 'grapheme', maxLength: 12 })),
    port: fc.oneof(
      fc.constant(''),
      fc.nat(70_000).map((port) => `:${port}`),
    ),
    rest: fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `/${text}`),
  };
  const urls = fc.oneof(
    fc
      .record(parts)
      .map(({ scheme, user, host, port, rest }) => scheme + user + host + port + rest),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
  );

  it('never throws anything else, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(urls, fc.anything()), (value) => {
        const error = refusal(value, { http: true });
        expect(error === null || error.message.length < 160).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('accepts only URLs that lead to public targets, and accepts them again unchanged', () => {
    const addresses = new AddressPolicy();
    let accepted = 0;
    fc.assert(
      fc.property(urls, (value) => {
        if (refusal(value)) {
          return;
        }
        accepted += 1;
        const href = policy.check(value);
        const url = new URL(href);
        const host = url.hostname.replaceAll(/[[\]]/g, '');
        expect(policy.check(href)).toBe(href);
        expect([url.protocol, url.username, url.password]).toEqual(['https:', '', '']);
        expect(isIP(host) === 0 ? host.includes('.') : addresses.allows(host)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
