/**
 * `npm run bench -- --only sync.load`: one server process and many members who type, on loopback. The members are all in this process, so that one clock
 * times each edit from the key to every other member of its environment; what this process itself delays counts as well.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';
import { makeDataFolder } from '../product/data-folder.ts';
import { percentile } from './figures.ts';
import { LoadMember } from './load-member.ts';
import { freePort } from './product.ts';

export interface LoadOptions {
  environments: number;
  /** In each environment. */
  members: number;
  /** Milliseconds between two edits of a member. */
  every: number;
  /** Of the measured time; before it, the members come and begin to type. */
  seconds: number;
  say: (text: string) => void;
}

export interface LoadFigures {
  /** From the edit to another member's document, in milliseconds. */
  p50: number;
  p95: number;
  /** Of the server process, resident, at the end. */
  memoryMb: number;
  /** Processor seconds of the server for each second of the load. */
  cpu: number;
  /** Edits that did not reach every other member. */
  lost: number;
}

const TOKEN = 'owner-token-of-the-load';
const WARM_UP_MS = 5000;
/** For what is under way when the typing ends. */
const DRAIN_MS = 5000;

export async function measureLoad({ environments, members, every, seconds, say }: LoadOptions): Promise<LoadFigures> {
  const server = await startServer(environments);
  const { port, pid } = server;
  const sent = new Map<string, { at: number; left: number }>();
  const delays: number[] = [];
  let measuring = false;
  const onText = (text: string): void => {
    for (const key of text.match(/k\d+;/g) ?? []) {
      const edit = sent.get(key);
      if (edit === undefined) continue;
      delays.push(performance.now() - edit.at);
      if (--edit.left === 0) sent.delete(key);
    }
  };
  const all: LoadMember[] = [];
  try {
    say(`  ${environments} environments`);
    const limit = pLimit(16);
    const ids = await Promise.all(Array.from({ length: environments }, () => limit(() => create(port))));
    say(`  ${environments * members} members`);
    for (let round = 0; round < members; round++) {
      const joined = ids.map((environmentId) => limit(async () => {
        const member = new LoadMember({ port, environmentId, token: TOKEN, onText });
        all.push(member);
        await member.ready;
      }));
      await Promise.all(joined);
    }
    let count = 0;
    const timers = all.map((member, index) => {
      const type = (): void => {
        const key = `k${++count};`;
        if (measuring) sent.set(key, { at: performance.now(), left: members - 1 });
        member.edit(key);
      };
      // Spread over the interval, as people are.
      return setTimeout(() => timers.push(setInterval(type, every)), (index / all.length) * every);
    });
    await wait(every + WARM_UP_MS);
    say(`  an edit every ${every} ms each, for ${seconds} s`);
    const before = await cpuSeconds(pid);
    measuring = true;
    await wait(seconds * 1000);
    measuring = false;
    const cpu = ((await cpuSeconds(pid)) - before) / seconds;
    const memoryMb = await residentMb(pid);
    for (const timer of timers) clearInterval(timer);
    await wait(DRAIN_MS);
    return { p50: percentile(delays, 0.5), p95: percentile(delays, 0.95), memoryMb, cpu, lost: sent.size };
  } finally {
    for (const member of all) member.leave();
    await server.end();
  }
}

async function startServer(environments: number): Promise<{ port: number; pid: number | undefined; end(): Promise<void> }> {
  const [port, data] = [await freePort(), await makeDataFolder()];
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'load-server.ts'), String(port), data, TOKEN, String(environments)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error('The server did not start.')))]);
  return {
    port,
    pid: child.pid,
    async end() {
      child.kill('SIGKILL');
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function create(port: number): Promise<string> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const response = await fetch(`http://localhost:${port}/api/environments`, { method: 'POST', headers, body: JSON.stringify({ taskId: 'load', template: 'static-html' }) });
  return ((await response.json()) as { environmentId: string }).environmentId;
}

async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** User and system time of the process (proc(5), fields 14 and 15, in hundredths of a second on Linux). */
async function cpuSeconds(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
