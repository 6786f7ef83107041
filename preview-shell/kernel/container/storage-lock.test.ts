import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdLock } from './storage-lock.ts';

type Granted = () => unknown;

/** Web Locks of one origin. A manager that `loses` aborts does what Chromium does with a worker's first request: nothing. */
class Locks {
  loses = false;
  private held = false;
  private readonly queue: (() => void)[] = [];

  readonly request = (_name: string, { signal }: { signal: AbortSignal }, granted: Granted): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const grant = (): void => {
        this.held = true;
        void Promise.resolve(granted()).then((value) => {
          this.held = false;
          resolve(value);
          this.queue.shift()?.();
        });
      };
      if (!this.loses) signal.addEventListener('abort', () => {
        const at = this.queue.indexOf(grant);
        if (at >= 0) this.queue.splice(at, 1);
        reject(signal.reason as Error);
      });
      if (this.held) this.queue.push(grant);
      else queueMicrotask(grant);
    });
}

let locks: Locks;
let name: string;
beforeEach(() => {
  locks = new Locks();
  name = crypto.randomUUID();
  vi.stubGlobal('navigator', { locks });
});
afterEach(() => vi.unstubAllGlobals());

test('[CT2] the first tab has it, a second is told so at once, and a third has it when the first has left', async () => {
  const release = await holdLock(name);
  expect(await holdLock(name)).toBeUndefined();
  release?.();
  const third = await holdLock(name);
  expect(third).toBeTypeOf('function');
  third?.();
});

test('[CT2] a second tab goes on when the browser forgets that it gave the request up, and does not keep the lock from a third', async () => {
  const release = await holdLock(name);
  locks.loses = true;
  expect(await holdLock(name)).toBeUndefined();
  release?.();
  const third = await holdLock(name);
  expect(third).toBeTypeOf('function');
  third?.();
});
