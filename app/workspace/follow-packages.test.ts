import { expect, test } from 'vitest';
import { followCommand, followPackages } from './follow-packages.ts';

function follow(install: () => Promise<void>, installed: Promise<unknown> = Promise.resolve()) {
  const listeners = new Set<(path: string) => void>();
  const abort = new AbortController();
  const errors: unknown[] = [];
  followPackages({
    onBrought: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    installed, install, failed: (error) => errors.push(error), signal: abort.signal,
  });
  return { bring: (...paths: string[]) => paths.forEach((path) => listeners.forEach((listener) => listener(path))), abort, errors, listeners };
}

test('[S26] a lockfile with its manifest is one install; other files are none', async () => {
  let installs = 0;
  const { bring } = follow(async () => void installs++);
  bring('src/a.ts', 'package.json');
  bring('package-lock.json', 'package.json');
  await expect.poll(() => installs).toBe(1);
  bring('package-lock.json');
  await expect.poll(() => installs).toBe(2);
});

test('[S26] it waits for the first install, and comes once more when the lockfile changes during one', async () => {
  const first = Promise.withResolvers<void>();
  const runs: PromiseWithResolvers<void>[] = [];
  const { bring, errors } = follow(() => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  }, first.promise);
  bring('package-lock.json');
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect(runs).toHaveLength(0);
  first.reject(new Error('the first failed'));
  await expect.poll(() => runs.length).toBe(1);
  bring('package-lock.json');
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect(runs).toHaveLength(1);
  runs[0]?.reject(new Error('refused'));
  await expect.poll(() => runs.length).toBe(2);
  expect(errors).toHaveLength(1);
});

test('[S26] the end of the runtime ends it', () => {
  const { abort, listeners } = follow(() => Promise.resolve());
  abort.abort();
  expect(listeners.size).toBe(0);
});

test('[S26] the lockfile is not written by what follows it', () => {
  expect([followCommand(undefined), followCommand('npm install'), followCommand('make deps')]).toEqual(['npm ci', 'npm ci', 'make deps']);
});
