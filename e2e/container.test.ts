/** The container on a page of somebody else, through the unmodified client library: real server, real Chromium, real packages. */
import type { WebContainer, WebContainerProcess } from '@webcontainer/api';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbedderTools, Finished } from './container/embedder-page.ts';
import { startEmbedded, type Embedded } from './container/start.ts';
import { templateTree } from './container/template.ts';

declare global {
  // What the embedding page has; the functions below run in it.
  var terrarium: EmbedderTools;
  var container: WebContainer;
  var running: WebContainerProcess;
  var serverUrl: Promise<string>;
}

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded();
});
afterAll(() => embedded.stop());

async function boot(page: Page): Promise<void> {
  await page.evaluate(async () => {
    globalThis.container = await terrarium.boot();
  });
}

const run = (page: Page, command: string, args: string[], options: { input?: string; env?: Record<string, string> } = {}): Promise<Finished> =>
  page.evaluate(([name, list, more]) => terrarium.run(container, name, list, more), [command, args, options] as const);

/** The preview's frame, once it shows what the task's server serves. */
async function previewFrame(page: Page, text: string): Promise<Frame> {
  const preview = (): Frame | undefined => page.frames().find((frame) => /--\d+\.preview\./.test(frame.url()));
  await expect.poll(async () => preview()?.evaluate(() => document.body.innerText).catch(() => ''), { timeout: 60_000 }).toContain(text);
  return preview() as Frame;
}

describe('processes', () => {
  let page: Page;
  beforeAll(async () => {
    page = await embedded.open();
    await boot(page);
  });

  test('files are read, written, listed and watched by the page', async () => {
    const seen = await page.evaluate(async () => {
      await container.fs.mkdir('a/b', { recursive: true });
      const told = new Promise((resolve) => container.fs.watch('a', { recursive: true }, (event, name) => resolve([event, name])));
      await container.fs.writeFile('a/b/c.txt', 'é');
      return [await container.fs.readFile('a/b/c.txt', 'utf-8'), (await container.fs.readdir('a', { withFileTypes: true })).map((entry) => [entry.name, entry.isDirectory()]), await told];
    });
    expect(seen).toEqual(['é', [['b', true]], ['rename', 'b/c.txt']]);
  });

  test('argv, environment, working directory and exit code are the program’s', async () => {
    const { code, output } = await run(page, 'node', ['-e', 'console.log(JSON.stringify([process.argv.slice(1), process.env.X, process.cwd()])); process.exit(3)', 'a', 'b c'], { env: { X: 'y' } });
    expect(JSON.parse(output)).toEqual([['a', 'b c'], 'y', '/home/project']);
    expect(code).toBe(3);
  });

  test('an uncaught error is 1, an unsettled await 13, a signal 128 and its number', async () => {
    expect(await run(page, 'node', ['-e', 'throw new Error("boom")'])).toMatchObject({ code: 1, output: expect.stringContaining('Error: boom') as string });
    expect((await run(page, 'node', ['--input-type=module', '-e', 'await new Promise(() => {})'])).code).toBe(13);
    expect((await run(page, 'node', ['-e', 'process.kill(process.pid, "SIGTERM")'])).code).toBe(143);
  });

  test('standard input reaches a program, and a shell’s pipeline', async () => {
    expect((await run(page, 'node', ['-e', 'process.stdin.once("data", (d) => { console.log("got " + d); process.exit() })'], { input: 'hello' })).output).toBe('got hello\n');
    expect((await run(page, 'sh', ['-c', 'read x; for i in 1 2; do echo "$x$i"; done | while read y; do echo "[$y]"; done'], { input: 'a\n' })).output).toBe('[a1]\n[a2]\n');
  });

  test('ES modules, CommonJS, workers and children work together', async () => {
    await page.evaluate(async () => {
      await container.fs.writeFile('m.mjs', 'import { createRequire } from "node:module"; import x, { y } from "./n.mjs"; const require = createRequire(import.meta.url); console.log(x, y, require("./n.mjs").y === y, (await import("node:os")).EOL === "\\n");');
      await container.fs.writeFile('n.mjs', 'export default 1; export const y = { z: 2 };');
      await container.fs.writeFile('w.cjs', 'const { Worker, isMainThread, parentPort } = require("node:worker_threads"); if (isMainThread) { const w = new Worker(__filename); w.on("message", (m) => console.log(m, require("node:child_process").execFileSync("node", ["-p", "6*7"], { encoding: "utf8" }))); } else parentPort.postMessage("from a worker");');
    });
    expect((await run(page, 'node', ['m.mjs'])).output).toBe('1 { z: 2 } true true\n');
    expect((await run(page, 'node', ['w.cjs'])).output).toBe('from a worker 42\n\n');
  });

  test('an option of Node’s that the container lacks is refused, not passed over', async () => {
    expect(await run(page, 'node', ['--run', 'dev'])).toEqual({ code: 9, output: expect.stringContaining('use npm run') as string });
  });

  test('a command that is not there says so', async () => {
    expect(await run(page, 'sh', ['-c', 'nosuch'])).toEqual({ code: 127, output: 'sh: nosuch: not found\n' });
    await expect(page.evaluate(() => container.spawn('nosuch'))).rejects.toThrow('ENOENT');
  });
});

describe('packages', () => {
  let page: Page;
  beforeAll(async () => {
    page = await embedded.open();
    await boot(page);
    await page.evaluate((tree) => container.mount(tree), await templateTree('react-ts'));
  });

  test('one that the policy allows is added and used', async () => {
    expect(await run(page, 'npm', ['install', 'zustand'])).toMatchObject({ code: 0, output: expect.stringContaining('added') as string });
    expect(await run(page, 'node', ['--input-type=module', '-e', 'import { createStore } from "zustand/vanilla"; console.log(createStore(() => ({ n: 1 })).getState())'])).toEqual({ code: 0, output: '{ n: 1 }\n' });
    expect(JSON.parse(await page.evaluate(() => container.fs.readFile('package.json', 'utf-8')))).toMatchObject({ dependencies: { zustand: expect.any(String) as string } });
  });

  test('one that it refuses is not, and the reason is said', async () => {
    const { code, output } = await run(page, 'npm', ['install', 'moment']);
    expect(code).toBe(1);
    expect(output).toContain('E-TERRARIUM-1120');
    expect(output).toContain('refused by the package policy');
    expect(await page.evaluate(() => container.fs.readFile('package.json', 'utf-8'))).not.toContain('moment');
  });
});

describe.each([['document isolation', undefined], ['COEP require-corp', 'require-corp'], ['COEP credentialless', 'credentialless']] as const)('React and Vite 8 with %s', (_name, coep) => {
  let page: Page;
  beforeAll(async () => {
    page = await embedded.open(coep === undefined ? {} : { coep });
    await boot(page);
    await page.evaluate((tree) => container.mount(tree), await templateTree('react-ts'));
  });

  test('packages are installed, the server runs, the page is rendered, an edit is hot', async () => {
    expect(await run(page, 'npm', ['install'])).toMatchObject({ code: 0 });
    const inode = async (): Promise<string> => (await run(page, 'node', ['-p', 'fs.statSync("node_modules/.vite/deps/_metadata.json").ino'])).output.trim();
    const before = await inode();
    expect(before).toMatch(/^\d+$/);
    await page.evaluate(async () => {
      globalThis.serverUrl = new Promise((resolve) => { container.on('server-ready', (_port, url) => resolve(url)); });
      globalThis.running = await container.spawn('npm', ['run', 'dev']);
    });
    await page.evaluate(async () => {
      const frame = document.createElement('iframe');
      frame.allow = 'cross-origin-isolated';
      frame.src = await serverUrl;
      document.body.append(frame);
    });
    const frame = await previewFrame(page, 'React + TypeScript');
    // Vite took the dependency cache that came with the template: it would have put another folder in its place.
    expect(await inode()).toBe(before);
    await frame.click('button');
    await expect.poll(() => frame.evaluate(() => document.body.innerText)).toContain('Count is 1');
    await page.evaluate(async () => {
      const text = await container.fs.readFile('src/App.tsx', 'utf-8');
      await container.fs.writeFile('src/App.tsx', text.replace('React + TypeScript', 'Hot and kept'));
    });
    await expect.poll(() => frame.evaluate(() => document.body.innerText), { timeout: 20_000 }).toContain('Hot and kept');
    // State is kept: the page was not reloaded.
    expect(await frame.evaluate(() => document.body.innerText)).toContain('Count is 1');
    await page.evaluate(() => running.kill());
    expect(await page.evaluate(() => running.exit)).toBeGreaterThan(128);
  });
});
