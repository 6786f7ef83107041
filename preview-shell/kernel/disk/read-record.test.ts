import { expect, test } from 'vitest';
import { SysError } from '../../abi/errno.ts';
import type { Value } from '../../abi/codec.ts';
import { DescriptorTable } from '../descriptors/table.ts';
import type { Caller } from '../syscall.ts';
import { createDisk, fsSyscalls } from './index.ts';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from './constants.ts';
import { FileInode } from './inode.ts';
import { ReadRecord } from './read-record.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function machine() {
  const disk = createDisk();
  const calls = fsSyscalls(disk);
  const newProcess = (descriptors = new DescriptorTable()) => {
    const process = { pid: 1, pgid: 1, terminal: undefined, descriptors, reads: new ReadRecord(), cwd: '/', umask: 0 };
    const caller: Caller = { threadId: 1, process, signal: new AbortController().signal, emit: () => undefined };
    const call = (name: string, ...args: Value[]): Value | void => {
      const handler = calls[name];
      if (handler === undefined) throw new SysError('ENOSYS', name);
      const result = handler(caller, args);
      if (result instanceof Promise) throw new Error(`${name} was to answer at once`);
      return result;
    };
    const write = (path: string, text: string) => call('fs.writeFile', path, bytes(text), O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    return { call, write, reads: process.reads, descriptors };
  };
  const file = (path: string) => {
    const inode = disk.lookup(path, { cwd: '/', umask: 0 });
    if (!(inode instanceof FileInode)) throw new Error(`${path} is no file`);
    return inode;
  };
  return { newProcess, file };
}

test('[DK-R1] a process knows the revision that it read, whatever is written since', () => {
  const { newProcess, file } = machine();
  const [a, b] = [newProcess(), newProcess()];
  b.write('/f', 'one');
  const inode = file('/f');
  inode.followed = true;
  a.call('fs.readFile', '/f', O_RDONLY);
  const { version } = inode;
  b.write('/f', 'two');
  expect(a.reads.of('/f', inode)).toEqual({ inode, version });
  expect(inode.version).toBeGreaterThan(version);
  expect(b.reads.of('/f', inode)).toBeUndefined();
});

test('[DK-R2] a file that is read in pieces counts as of the first', () => {
  const { newProcess, file } = machine();
  const [a, b] = [newProcess(), newProcess()];
  b.write('/f', 'one');
  const inode = file('/f');
  inode.followed = true;
  const fd = a.call('fs.open', '/f', O_RDONLY, 0) as number;
  a.call('fs.read', fd, 1, null);
  const { version } = inode;
  b.write('/f', 'two');
  a.call('fs.read', fd, 9, null);
  expect(a.reads.of('/f', inode)?.version).toBe(version);
});

test('[DK-R3] who uses an inherited descriptor reads and writes on its own account', () => {
  const { newProcess, file } = machine();
  const shell = newProcess();
  shell.write('/f', 'one');
  const inode = file('/f');
  inode.followed = true;
  const [input, output] = [shell.call('fs.open', '/f', O_RDONLY, 0) as number, shell.call('fs.open', '/g', O_WRONLY | O_CREAT, 0o644) as number];
  const child = newProcess(shell.descriptors);
  child.call('fs.read', input, 9, null);
  child.call('fs.write', output, bytes('x'), null);
  expect(child.reads.of('/f', inode)?.inode).toBe(inode);
  expect(shell.reads.of('/f', inode)).toBeUndefined();
  expect(file('/g').writer).toBe(child.reads);
});

test('[DK-R4] a file that took the place of the one read is a change of that', () => {
  const { newProcess, file } = machine();
  const a = newProcess();
  a.write('/f', 'one');
  const before = file('/f');
  before.followed = true;
  a.call('fs.readFile', '/f', O_RDONLY);
  a.write('/f.tmp', 'two');
  a.call('fs.rename', '/f.tmp', '/f');
  expect(file('/f').writer?.of('/f', file('/f'))).toEqual({ inode: before, version: before.version });
});
