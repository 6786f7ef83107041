/** For tests: a process table whose threads are not started; the test calls for them. */
import type { Value } from '../../abi/codec.ts';
import type { ThreadStart } from '../../abi/thread.ts';
import { SysError } from '../../abi/errno.ts';
import { LoopbackNetwork } from '../net/network.ts';
import { netSyscalls } from '../net/syscalls.ts';
import { Attachments, streamSyscalls } from '../streams/syscalls.ts';
import type { Caller } from '../syscall.ts';
import type { ProgramFiles } from './program.ts';
import { processSyscalls } from './syscalls.ts';
import { ProcessTable, type SpawnRequest } from './table.ts';

export interface FileEntry {
  mode?: number;
  text?: string;
  link?: string;
  folder?: boolean;
}

/** A disk of a few files. */
export function programFiles(entries: Readonly<Record<string, FileEntry>>): ProgramFiles {
  const resolve = (path: string): string => {
    const { link } = entries[path] ?? {};
    return link === undefined ? path.replace(/\/\.\//g, '/') : resolve(link);
  };
  const get = (path: string): FileEntry => {
    const entry = entries[resolve(path)];
    if (entry === undefined) throw new SysError('ENOENT', path);
    return entry;
  };
  return {
    stat: (path) => ({ kind: get(path).folder === true ? 'directory' : 'file', mode: get(path).mode ?? 0o755 }),
    read: (path, length) => new TextEncoder().encode(get(path).text ?? '').subarray(0, length),
    realpath: resolve,
  };
}

export const STANDARD_FILES: Readonly<Record<string, FileEntry>> = {
  '/': { folder: true },
  '/home/project': { folder: true },
  '/usr/bin/node': { text: '\x7fELF' },
  '/bin/sh': { text: '#!/usr/bin/node\n' },
};

export interface TestKernel {
  table: ProcessTable;
  network: LoopbackNetwork;
  attachments: Attachments;
  starts: ThreadStart[];
  terminated: number[];
  call(caller: Caller, operation: string, ...args: Value[]): Promise<Value>;
}

export function testKernel(entries: Readonly<Record<string, FileEntry>> = STANDARD_FILES): TestKernel {
  const attachments = new Attachments();
  const network = new LoopbackNetwork();
  const starts: ThreadStart[] = [];
  const terminated: number[] = [];
  const table = new ProcessTable({
    files: programFiles(entries),
    launcher: {
      launch: (start) => starts.push(start),
      terminate: (threadId) => terminated.push(threadId),
    },
    resources: () => ({ packs: new Map(), names: new SharedArrayBuffer(4) }),
    call: (caller, operation, args) => handler(operation)(caller, args),
    note: (caller, note) => void attachments.note(caller, note),
    ended: (thread) => attachments.forgetThread(thread.threadId),
  });
  const tables = { ...processSyscalls(table), ...streamSyscalls(attachments), ...netSyscalls(network, attachments) };
  const handler = (operation: string) => {
    const found = tables[operation];
    if (found === undefined) throw new SysError('ENOSYS', operation);
    return found;
  };
  // Asynchronous, so that what a handler throws is a rejection too.
  const call = async (caller: Caller, operation: string, ...args: Value[]): Promise<Value> => (await handler(operation)(caller, args)) ?? undefined;
  return { table, network, attachments, starts, terminated, call };
}

export function spawnRequest(request: Partial<SpawnRequest> = {}): SpawnRequest {
  return { file: 'node', args: ['node', 'main.js'], cwd: '/home/project', env: { PATH: '/usr/bin:/bin' }, stdio: [], ...request };
}
