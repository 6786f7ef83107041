/** The same work without Terrarium: npm and Vite on this machine, the page in the same browser. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { freePort } from './product.ts';
import { headingSays, PAUSE_MS, RENDERED } from './rendered.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface NativeProject {
  folder: string;
  /** Milliseconds from `npm ci` to the rendered page. */
  createMs: number;
  page: Page;
  stop(): Promise<void>;
}

export async function startNative(browser: Browser): Promise<NativeProject> {
  const folder = await mkdtemp(path.join(tmpdir(), 'terrarium-bench-'));
  await cp(path.join(ROOT, 'templates', 'react-ts'), folder, { recursive: true, filter: (source) => !source.includes('node_modules') });
  const started = performance.now();
  const install = spawn('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'ignore' });
  const [code] = (await once(install, 'exit')) as [number];
  if (code !== 0) throw new Error(`npm ci ended with ${code}.`);
  const server = spawn('npm', ['run', 'dev', '--', '--port', String(await freePort()), '--strictPort', '--host', '127.0.0.1'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const url = await addressOf(server);
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.waitForFunction(RENDERED);
  const createMs = performance.now() - started;
  return {
    folder, createMs, page,
    async stop() {
      await page.context().close();
      // The whole group: npm does not pass signals on.
      if (server.pid !== undefined) process.kill(-server.pid);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Vite prints where it listens, with colours when it thinks somebody looks. Its output is read on: closed, it would end the server. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    server.stdout?.on('data', (chunk: Buffer) => {
      text += String(chunk);
      // oxlint-disable-next-line no-control-regex -- colours are escape sequences
      const match = /http:\/\/127\.0\.0\.1:\d+/.exec(text.replace(/\x1b\[[0-9;]*m/g, ''));
      if (match !== null) resolve(match[0]);
    });
    server.once('exit', () => reject(new Error(`Vite ended before it listened: ${text}`)));
  });
}

/** What the page's clock shows more than this process's, to half a millisecond: each derives the time of day from a steady clock of its own. */
async function clockAhead(page: Page): Promise<number> {
  let best = { took: Number.POSITIVE_INFINITY, ahead: 0 };
  for (let attempt = 0; attempt < 20; attempt++) {
    const asked = performance.now();
    const there = await page.evaluate(() => performance.timeOrigin + performance.now());
    const took = performance.now() - asked;
    if (took < best.took) best = { took, ahead: there - (asked + took / 2) };
  }
  return best.ahead;
}

/** Milliseconds from writing a file to the change in the page, for each of `count` edits. */
export async function nativeEdits({ folder, page }: NativeProject, count: number): Promise<number[]> {
  const file = path.join(folder, 'src/App.tsx');
  const text = await readFile(file, 'utf8');
  const samples: number[] = [];
  const ahead = await clockAhead(page);
  for (let edit = 0; edit <= count; edit++) {
    // Vite's watcher takes two writes within its settling time for one, natively as here.
    await page.waitForTimeout(PAUSE_MS);
    const title = `Edit ${edit} at home`;
    const seen = page.evaluate(headingSays, title);
    const started = performance.now();
    await writeFile(file, text.replace('React + TypeScript', title));
    const seenAt = await seen;
    // The first edit compiles what later ones find compiled.
    if (edit > 0) samples.push(seenAt - ahead - started);
  }
  return samples;
}
