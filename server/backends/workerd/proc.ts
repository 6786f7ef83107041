/** What the system knows of a process. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const PAGE = 4096;
/** Linux counts processor time in these (USER_HZ, the same on all of its systems). */
const TICKS_PER_SECOND = 100;

/** When a process began, as a word that no later process of the same number has; undefined when there is none. */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStat(pid)?.started;
  if (process.platform === 'win32') return isThere(pid) ? 'unknown' : undefined;
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** proc_pid_stat(5); undefined for a process that has ended, waited for or not. */
function linuxStat(pid: number): { started: string; cpuMs: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { started: fields[19] ?? '', cpuMs: (Number(fields[11]) + Number(fields[12])) * (1000 / TICKS_PER_SECOND) };
  } catch {
    return undefined;
  }
}

/** Resident memory in bytes and processor time in milliseconds; zeros when it has ended. */
export async function processUsage(pid: number): Promise<{ memory: number; cpuMs: number }> {
  if (process.platform === 'linux') return { memory: residentMemory(pid), cpuMs: linuxStat(pid)?.cpuMs ?? 0 };
  if (process.platform === 'win32') return { memory: 0, cpuMs: 0 };
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
    const [rss = '0', time = '0:0'] = stdout.trim().split(/\s+/);
    return { memory: Number(rss) * 1024, cpuMs: time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000 };
  } catch {
    return { memory: 0, cpuMs: 0 };
  }
}

/** Linux only: proc_pid_statm(5), read at once because a watchdog asks many times a second. */
export function residentMemory(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE;
  } catch {
    return 0;
  }
}

/** The only child of a process, where there is one (a jail's monitor has the program for its child). */
export async function onlyChild(pid: number): Promise<number | undefined> {
  try {
    const [child] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')).trim().split(' ');
    return child ? Number(child) : undefined;
  } catch {
    return undefined;
  }
}
