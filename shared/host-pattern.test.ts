import { expect, test } from 'vitest';
import { isHostPattern, matchesHost } from './host-pattern.ts';

test('names and wildcards are patterns', () => {
  for (const text of ['api.example.com', '*.example.com', 'xn--bcher-kva.example', 'a1.b2.co']) expect(isHostPattern(text), text).toBe(true);
});

test('addresses in numbers, local names, and what is no host are none', () => {
  const refused = ['', '*', 'com', '*.com', 'localhost', 'a.localhost', 'printer.local', 'metadata.google.internal', '127.0.0.1', '2130706433', '0x7f.1', '1.0x7f', '[::1]', 'example.com:443', 'https://example.com', 'example.com/', 'a..example.com', '-a.example.com', 'Example.com', '*.*.example.com', 'example.com.', 'a_b.example.com'];
  for (const text of refused) expect(isHostPattern(text), text).toBe(false);
});

test('a wildcard is what is below it, and a name itself', () => {
  expect(matchesHost('*.example.com', 'a.b.EXAMPLE.com.')).toBe(true);
  expect(matchesHost('*.example.com', 'example.com')).toBe(false);
  expect(matchesHost('*.example.com', 'badexample.com')).toBe(false);
  expect(matchesHost('example.com', 'example.com')).toBe(true);
  expect(matchesHost('example.com', 'a.example.com')).toBe(false);
  expect(matchesHost('*', 'any.example')).toBe(true);
});
