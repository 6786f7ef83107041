import { expect, test } from 'vitest';
import { createMemo } from './memo.ts';

test('[PK-R7] the same work is done once, and cancelled when the last who asked has gone', async () => {
  const memo = createMemo<number>(60_000);
  const [a, b] = [new AbortController(), new AbortController()];
  let started = 0;
  let cancelled: AbortSignal | undefined;
  const work = (signal: AbortSignal) => {
    started++;
    cancelled = signal;
    return new Promise<number>((_, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled'))));
  };
  const first = memo('k', a.signal, work);
  const second = memo('k', b.signal, work);
  a.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  expect([started, cancelled?.aborted]).toEqual([1, false]);
  b.abort(new Error('gone too'));
  await expect(second).rejects.toThrow('gone too');
  expect(cancelled?.aborted).toBe(true);
});

test('[PK-R7] a result is kept, a failure is not', async () => {
  const memo = createMemo<number>(60_000);
  const { signal } = new AbortController();
  await expect(memo('k', signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await memo('k', signal, async () => 1)).toBe(1);
  expect(await memo('k', signal, async () => 2)).toBe(1);
});
