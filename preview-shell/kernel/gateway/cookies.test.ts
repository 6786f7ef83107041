import { describe, expect, test } from 'vitest';
import { CookieJar } from './cookies.ts';

const NOW = Date.UTC(2030, 0, 1);

describe('cookies', () => {
  test('[GW7] go back to the paths that they are for, longer paths first', () => {
    const jar = new CookieJar();
    jar.set('root=1; Path=/', '/x', NOW);
    jar.set('deep=2; Path=/a/b', '/a/b/c', NOW);
    jar.set('default=3', '/a/login?x=1', NOW);
    expect(jar.header('/a/b/c?q', '', NOW)).toBe('deep=2; default=3; root=1');
    expect(jar.header('/ab', '', NOW)).toBe('root=1');
  });

  test('[GW7] HttpOnly ones are not shown to scripts, and go with requests', () => {
    const jar = new CookieJar();
    expect(jar.set('s=secret; HttpOnly; Path=/', '/', NOW)).toBeUndefined();
    expect(jar.set('v=seen; Path=/', '/', NOW)).toBe('v=seen; path=/');
    expect(jar.visible(NOW)).toEqual(['v=seen; path=/']);
    expect(jar.header('/', '', NOW)).toBe('s=secret; v=seen');
  });

  test('[GW7] expire by Max-Age, which wins over Expires; one in the past removes', () => {
    const jar = new CookieJar();
    jar.set('a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/', '/', NOW);
    expect(jar.header('/', '', NOW + 9_000)).toBe('a=1');
    expect(jar.header('/', '', NOW + 10_000)).toBeUndefined();
    jar.set('b=1; Path=/', '/', NOW);
    jar.set('b=; Max-Age=0; Path=/', '/', NOW);
    expect(jar.header('/', '', NOW)).toBe('a=1');
  });

  test('[GW7] what the page set itself wins', () => {
    const jar = new CookieJar();
    jar.set('a=server; Path=/', '/', NOW);
    expect(jar.header('/', 'a=page; b=2', NOW)).toBe('a=page; b=2');
  });

  test('[GW7] rubbish, too long ones and too many are not kept', () => {
    const jar = new CookieJar();
    for (const value of ['', '=', ';', `x=${'y'.repeat(5000)}`]) jar.set(value, '/', NOW);
    expect(jar.header('/', '', NOW)).toBeUndefined();
    for (let at = 0; at < 400; at++) jar.set(`c${at}=1; Path=/`, '/', NOW);
    expect(jar.header('/', '', NOW)?.split('; ')).toHaveLength(300);
    expect(jar.header('/', '', NOW)).not.toContain('c99=');
  });
});
