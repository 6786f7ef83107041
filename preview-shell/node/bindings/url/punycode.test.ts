import { domainToASCII } from 'node:url';
import { expect, test } from 'vitest';
import { unicodeDomain } from './punycode.ts';

test.each(['español.com', 'bücher.example', '例え.jp', 'пример.испытание', '☕.example', 'a.b.c', 'faß.de', 'münchen-ost.de'])('%s comes back from its ASCII form', (domain) => {
  expect(unicodeDomain(domainToASCII(domain))).toBe(domain);
});

test('what is no Punycode stays', () => {
  expect(unicodeDomain('xn--ü.xn--!')).toBe('xn--ü.xn--!');
});
