// @vitest-environment node
import { expect, test, vi } from 'vitest';

vi.stubGlobal('location', { href: 'http://localhost/' });
vi.stubGlobal('window', { addEventListener: () => {} });
const { parseRoute } = await import('./router.ts');
const at = (path: string) => parseRoute(new URL(path, 'http://localhost:4000'));

test('knows the three pages', () => {
  expect(at('/')).toEqual({ page: 'environments' });
  expect(at('/e/abc-1')).toEqual({ page: 'workspace', environmentId: 'abc-1' });
  expect(at('/e/abc/x')).toEqual({ page: 'not-found' });
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])('login never returns to %s', (target) => {
  expect(at(`/login?returnTo=${encodeURIComponent(target)}`)).toEqual({ page: 'login', returnTo: '/' });
});

test('login returns to a path of ours', () => {
  expect(at('/login?returnTo=%2Fe%2Fabc')).toEqual({ page: 'login', returnTo: '/e/abc' });
});
