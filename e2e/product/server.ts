/** The real server in a process of its own, so that a test can end it the hard way and start it again on the same port and data. */
import { spawn, type ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { freePort } from '../bench/product.ts';
import { makeDataFolder } from './data-folder.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TOKEN = 'owner-token-of-the-product-tests';

export interface ServerProcess {
  readonly origin: string;
  /** Headers of the owner. */
  readonly owner: Record<string, string>;
  start(): Promise<void>;
  /** Of the process that runs. */
  readonly pid: number | undefined;
  /** SIGKILL, or a signal that it hears; resolves when the process is gone. */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** With the owner's token; `headers` are added. */
  api(apiPath: string, init?: RequestInit): Promise<Response>;
  create(template: string): Promise<string>;
  /** What the server has of a file. */
  stored(environmentId: string, file: string): Promise<string>;
  signIn(context: BrowserContext): Promise<Page>;
  dispose(): Promise<void>;
}

/** `env` is added to the server's environment variables; `within` is a command that runs what comes after it, in its own place. */
export async function createServerProcess(env: Record<string, string> = {}, within: readonly string[] = []): Promise<ServerProcess> {
  const data = await makeDataFolder();
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  let child: ChildProcess | undefined;

  const owner = { authorization: `Bearer ${TOKEN}` };
  const api: ServerProcess['api'] = (apiPath, init = {}) => fetch(origin + apiPath, { ...init, headers: { ...owner, ...(init.headers as Record<string, string> | undefined) } });

  async function kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const process = child;
    child = undefined;
    if (process === undefined || process.exitCode !== null) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill(signal);
    await ended;
  }

  return {
    origin,
    owner,
    api,
    kill,
    get pid() {
      return child?.pid;
    },
    async start() {
      const [command = '', ...args] = [...within, process.execPath, 'server/main.ts'].slice();
      child = spawn(command, args, { cwd: ROOT, env: { ...process.env, PORT: String(port), TERRARIUM_DATA: data, TERRARIUM_OWNER_TOKEN: TOKEN, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
      child.stderr?.on('data', (piece: Buffer) => void (/"level":"error"|Error/.test(piece.toString()) && console.error(piece.toString())));
      await ready(child);
    },
    async create(template) {
      const response = await api('/api/environments', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ taskId: template, template }) });
      return ((await response.json()) as { environmentId: string }).environmentId;
    },
    async stored(environmentId, file) {
      const response = await api(`/api/environments/${environmentId}/files/${file}`);
      return await response.text();
    },
    async signIn(context) {
      const page = await context.newPage();
      await page.goto(`${origin}/login?token=${TOKEN}`);
      return page;
    },
    async dispose() {
      await kill();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (piece: Buffer) => {
      printed += piece.toString();
      if (printed.includes('Terrarium is ready')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${String(code)}: ${printed}`)));
  });
}
