import { expect, test } from 'vitest';
import { origins, parseHost } from './hosts.ts';

const base = 'localhost:4000';

test('a backend has a host of its own, which is built and parsed alike', () => {
  const origin = origins(`http://${base}`).backend('abc123');
  expect(origin).toBe('http://abc123.backend.localhost:4000');
  expect(parseHost(new URL(origin).host, base)).toEqual({ role: 'backend', label: 'abc123' });
});

test('no other name is a backend', () => {
  for (const host of ['backend.localhost:4000', 'a.b.backend.localhost:4000', 'abc--80.backend.localhost:4000', 'packages.backend.localhost:4000', 'abc.backend.localhost:4001', 'abc.backend.localhost.', 'abc_.backend.localhost:4000', 'xn--abc.backend.localhost:4000']) {
    expect(parseHost(host, base).role, host).toBe('unknown');
  }
});
