import { afterEach, expect, test, vi } from 'vitest';
import * as implementation from './index.ts';
import type * as Promised from './types.d.ts';

type Answer = { status?: number; type?: string; body: unknown };

/** A page's own origin: what it asks is kept, what it is answered is chosen. */
function origin(answers: (path: string, init: RequestInit) => Answer | Response) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (path: string | URL, init: RequestInit = {}) => {
    asked.push(`${init.method ?? 'GET'} ${String(path)}`);
    const answer = String(path) === '/~terrarium/app' && !asked.includes('no session') ? { body: { v: 1, backend: 'http://a.backend.test', token: `t${asked.filter((one) => one.endsWith('/app')).length}`, expires: Date.now() + 3_600_000 } } : answers(String(path), init);
    if (answer instanceof Response) return Promise.resolve(answer);
    return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status ?? 200, headers: { 'content-type': answer.type ?? 'application/json' } }));
  });
  return asked;
}

/** A page of its own, which has asked for nothing yet. */
const fresh = async () => {
  vi.resetModules();
  return await import('./index.ts');
};
afterEach(() => vi.unstubAllGlobals());

test('what is shipped is what its types say', () => {
  const shipped: typeof Promised = implementation;
  expect(Object.keys(shipped).sort()).toEqual(['SandboxAPI', 'SandboxError', 'appData', 'useAppData']);
});

test('one token serves all calls; one that is taken no longer is asked for again, once', async () => {
  const { appData } = await fresh();
  const seen: unknown[] = [];
  const asked = origin((_, init) => {
    const token = new Headers(init.headers).get('authorization');
    seen.push(token);
    return token === 'Bearer t1' && seen.length > 1 ? { status: 401, body: { error: { code: 'E-TERRARIUM-1270', message: 'no' } } } : { body: { records: [] } };
  });
  await appData('notes').list();
  await appData('notes').list();
  expect(seen).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  expect(asked.filter((one) => one === 'POST /~terrarium/app')).toHaveLength(2);
});

test('an error of the server has its code, its status and its sentence', async () => {
  const { appData, SandboxError } = await fresh();
  origin(() => ({ status: 404, body: { error: { code: 'E-TERRARIUM-1273', message: 'There is none.' } } }));
  const error: unknown = await appData('notes').get('a/b').catch((one: unknown) => one);
  expect(error).toBeInstanceOf(SandboxError);
  expect(error).toMatchObject({ code: 'E-TERRARIUM-1273', status: 404, message: 'There is none.' });
});

test('a live query shows the records after each change, however the stream is cut', async () => {
  const { appData } = await fresh();
  const parts = ['retry: 1\n\ndata: {"kind":"snapshot","records":[{"id":"a"}]}\n\nda', 'ta: {"kind":"put","record":{"id":"b"}}\n\n: ping\n\n', 'data: {"kind":"remove","id":"a"}\n\n'];
  origin(() => new Response(new ReadableStream({ start: (c) => parts.forEach((part) => c.enqueue(new TextEncoder().encode(part))) }), { headers: { 'content-type': 'text/event-stream' } }));
  const shown: string[][] = [];
  await new Promise<void>((resolve) => {
    const stop = appData('notes').subscribe((items) => {
      shown.push(items.map(({ id }) => id));
      if (shown.length < 3) return;
      stop();
      resolve();
    });
  });
  expect(shown).toEqual([['a'], ['a', 'b'], ['b']]);
});

test('SandboxAPI.fetch goes to the backend of the environment, and nowhere else', async () => {
  const { SandboxAPI } = await fresh();
  const asked = origin(() => ({ body: 'ok' }));
  await SandboxAPI.fetch('/notes?x=1', { method: 'POST' });
  expect(asked.at(-1)).toBe('POST http://a.backend.test/notes?x=1');
  for (const elsewhere of ['https://example.com/', '//example.com/x', 'http://a.backend.test.example.com/']) await expect(SandboxAPI.fetch(elsewhere)).rejects.toThrow('is not the backend');
  expect(asked).toHaveLength(2);
});
