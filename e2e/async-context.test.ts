/** AsyncLocalStorage in the container: what every framework that knows its request relies on. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finished } from './container/embedder-page.ts';
import { CALLBACKS, FRAMEWORKS, HTTP_SERVER, THREADS, TRACES } from './container/context-programs.ts';
import { startEmbedded, type Embedded } from './container/start.ts';

let embedded: Embedded;
let page: Page;
beforeAll(async () => {
  embedded = await startEmbedded();
  page = await embedded.open();
  await page.evaluate(async () => {
    globalThis.container = await terrarium.boot();
  });
});
afterAll(() => embedded.stop());

const write = (name: string, text: string): Promise<void> => page.evaluate(([file, contents]) => container.fs.writeFile(file, contents), [name, text] as const);
const run = (command: string, ...args: string[]): Promise<Finished> => page.evaluate(([name, list]) => terrarium.run(container, name, list), [command, args] as const);

test.each([['callbacks.mjs', CALLBACKS], ['server.cjs', HTTP_SERVER]])('50 contexts at once stay apart: %s', async (name, text) => {
  await write(name, text);
  expect(await run('node', name)).toEqual({ code: 0, output: 'done\n' });
});

test('threads and text that is compiled at run time carry contexts as well', async () => {
  await write('threads.cjs', THREADS);
  expect(await run('node', 'threads.cjs')).toEqual({ code: 0, output: 'done\ndone\n' });
});

test('stack traces keep their lines and columns, and messages name no text of ours', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'terrarium-traces-'));
  await write('traces.mjs', TRACES);
  await writeFile(path.join(folder, 'traces.mjs'), TRACES);
  const { stdout } = await promisify(execFile)(process.execPath, ['traces.mjs'], { cwd: folder });
  await rm(folder, { recursive: true });
  const { output } = await run('node', 'traces.mjs');
  expect(output.replaceAll('/home/project', folder)).toBe(stdout);
});

test('packages carry the context of a request through their own code', async () => {
  await write('package.json', '{"type":"module"}');
  expect(await run('npm', 'install', 'hono', '@hono/node-server', 'express')).toMatchObject({ code: 0 });
  await write('frameworks.mjs', FRAMEWORKS);
  expect(await run('node', 'frameworks.mjs')).toEqual({ code: 0, output: 'done\n' });
});
