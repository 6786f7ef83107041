import { expect, test } from 'vitest';
import { setImmediate as turn } from 'node:timers/promises';
import type { KernelEvent } from '../../abi/events.ts';
import { createPipe } from '../streams/pipe.ts';
import { addSystemTree, createDisk } from '../disk/index.ts';
import { diskPrograms } from './disk-programs.ts';
import { resolveProgram } from './program.ts';
import { spawnRequest, STANDARD_FILES, testKernel, type TestKernel } from './testing.ts';
import type { Process } from './process.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function main(process: Process) {
  const { mainThread } = process;
  if (mainThread === undefined) throw new Error('the process has no thread');
  return mainThread;
}

/** The thread's end of its event port. */
function events(kernel: TestKernel, process: Process): { next(): Promise<KernelEvent> } {
  const port = kernel.starts.find(({ image }) => image.pid === process.pid)?.events;
  if (port === undefined) throw new Error('the thread was not started');
  const queue: KernelEvent[] = [];
  const waiting: ((event: KernelEvent) => void)[] = [];
  port.onmessage = ({ data }) => {
    const next = waiting.shift();
    if (next === undefined) queue.push(data as KernelEvent);
    else next(data as KernelEvent);
  };
  (port as { unref?: () => void }).unref?.();
  return { next: () => new Promise((resolve) => (queue.length > 0 ? resolve(queue.shift() as KernelEvent) : waiting.push(resolve))) };
}

async function readAll(file: { read(n: number, p: null, s: AbortSignal): unknown }): Promise<string> {
  let text = '';
  for (;;) {
    const bytes = (await file.read(1000, null, new AbortController().signal)) as Uint8Array;
    if (bytes.length === 0) return text;
    text += decoder.decode(bytes);
  }
}

test('[PL1][PL2] what a child writes is read to its end before the exit is told', async () => {
  const kernel = testKernel();
  const { reader, writer } = createPipe();
  const process = kernel.table.spawn(spawnRequest({ stdio: [undefined, writer, writer] }));
  expect(kernel.starts[0]?.image).toMatchObject({ pid: process.pid, ppid: 1, argv: ['node', 'main.js'], execPath: '/usr/bin/node' });
  const id = await kernel.call(main(process), 'stream.attach', 1);
  expect(await kernel.call(main(process), 'stream.write', id, encoder.encode('hello'))).toBe(true);
  void kernel.call(main(process), 'proc.exit', 3);
  expect(await readAll(reader)).toBe('hello');
  expect(await process.exited).toEqual({ code: 3, signal: null });
  expect(kernel.terminated).toEqual([1]);
  expect(kernel.table.list()).toEqual([]);
});

test('[PL2] a child of a process: pipes, exit event after the data', async () => {
  const kernel = testKernel();
  const parent = kernel.table.spawn(spawnRequest());
  const inbox = events(kernel, parent);
  const answer = (await kernel.call(main(parent), 'proc.spawn', {
    file: 'node', args: ['node', 'c.js'], cwd: null, env: ['PATH=/usr/bin'], stdio: [{ type: 'pipe' }, { type: 'pipe' }, { type: 'ignore' }],
  })) as { pid: number; pipes: [number, number][] };
  const child = kernel.table.get(answer.pid);
  expect(child.ppid).toBe(parent.pid);
  const out = await kernel.call(main(parent), 'stream.attach', answer.pipes[1]?.[1]);
  await kernel.call(main(parent), 'stream.readStart', out);
  const own = await kernel.call(main(child), 'stream.attach', 1);
  await kernel.call(main(child), 'stream.write', own, encoder.encode('x'));
  void kernel.call(main(child), 'proc.exit', 0);
  expect(await inbox.next()).toMatchObject({ type: 'data', stream: out, bytes: encoder.encode('x') });
  expect(await inbox.next()).toMatchObject({ type: 'data', stream: out, bytes: null });
  expect(await inbox.next()).toEqual({ type: 'child-exit', pid: answer.pid, code: 0, signal: null });
});

test('[PR6] a spawn that fails leaves nothing behind', async () => {
  const kernel = testKernel();
  const parent = kernel.table.spawn(spawnRequest());
  const spawn = (fields: object) => kernel.call(main(parent), 'proc.spawn', { file: 'node', args: [], cwd: null, env: ['PATH=/usr/bin'], stdio: [{ type: 'pipe' }], ...fields });
  await expect(spawn({ cwd: '/nowhere' })).rejects.toThrow(/ENOENT/);
  await expect(spawn({ cwd: '/usr/bin/node' })).rejects.toThrow(/ENOTDIR/);
  await expect(spawn({ file: 'nothing' })).rejects.toThrow(/ENOENT/);
  expect([...parent.descriptors].map(([fd]) => fd)).toEqual([0, 1, 2]);
  expect(kernel.table.list()).toEqual([parent]);
});

test('[PL3] orphans belong to init', async () => {
  const kernel = testKernel();
  const parent = kernel.table.spawn(spawnRequest());
  const child = kernel.table.spawn(spawnRequest({ parent }));
  kernel.table.end(parent, { code: 0, signal: null });
  expect(child.ppid).toBe(1);
});

test('[PL4] a broken Worker is exit code 1 with its message', async () => {
  const kernel = testKernel();
  const { reader, writer } = createPipe();
  const process = kernel.table.spawn(spawnRequest({ stdio: [undefined, undefined, writer] }));
  kernel.table.threadFailed(main(process).threadId, 'out of memory');
  expect(await readAll(reader)).toBe('out of memory\n');
  expect(await process.exited).toEqual({ code: 1, signal: null });
});

test('[PS1] handled signals are events, others act', async () => {
  const kernel = testKernel();
  const process = kernel.table.spawn(spawnRequest());
  const inbox = events(kernel, process);
  await kernel.call(main(process), 'proc.handleSignal', 2);
  kernel.table.kill(process.pid, 'SIGINT');
  expect(await inbox.next()).toEqual({ type: 'signal', signal: 2 });
  kernel.table.kill(process.pid, 'SIGWINCH');
  await kernel.call(main(process), 'proc.defaultSignal', 2);
  kernel.table.kill(process.pid, 'SIGINT');
  expect(await process.exited).toEqual({ code: 0, signal: 'SIGINT' });
});

test('[PS2][PS3][PS4] groups, ESRCH, what cannot be', async () => {
  const kernel = testKernel();
  const shell = kernel.table.spawn(spawnRequest());
  const job = kernel.table.spawn(spawnRequest({ parent: shell, group: 0 }));
  const second = kernel.table.spawn(spawnRequest({ parent: shell, group: job.pid }));
  expect(() => kernel.table.spawn(spawnRequest({ parent: shell, group: 999 }))).toThrow(/EPERM/);
  kernel.table.kill(-job.pid, 0);
  expect(() => kernel.table.kill(job.pid, 'SIGSTOP')).toThrow(/ENOSYS/);
  await expect(kernel.call(main(job), 'proc.handleSignal', 9)).rejects.toThrow(/EINVAL/);
  kernel.table.kill(-job.pid, 'SIGTERM');
  expect(await Promise.all([job.exited, second.exited])).toEqual([{ code: 0, signal: 'SIGTERM' }, { code: 0, signal: 'SIGTERM' }]);
  expect(() => kernel.table.kill(-job.pid, 0)).toThrow(/ESRCH/);
  expect(kernel.table.list()).toEqual([shell]);
});

test('[PS5] the end of a thread interrupts its blocked call', async () => {
  const kernel = testKernel();
  const { reader } = createPipe();
  const process = kernel.table.spawn(spawnRequest({ stdio: [reader] }));
  const read = process.descriptors.get(0).read(1, null, main(process).signal);
  kernel.table.kill(process.pid, 'SIGKILL');
  await expect(read).rejects.toThrow(/EINTR/);
});

test('[SS1][SS3] spawnSync feeds, collects and waits', async () => {
  const kernel = testKernel();
  const parent = kernel.table.spawn(spawnRequest());
  await kernel.call(main(parent), 'proc.spawnSyncInput', 0, encoder.encode('in'));
  const sync = kernel.call(main(parent), 'proc.spawnSync', {
    file: 'node', args: ['node'], cwd: null, env: ['PATH=/usr/bin'], stdio: [{ type: 'pipe' }, { type: 'pipe' }, { type: 'pipe' }], timeout: 0,
  });
  await turn();
  const child = kernel.table.list().find(({ ppid }) => ppid === parent.pid) as Process;
  expect(await readAll(child.descriptors.get(0))).toBe('in');
  const big = new Uint8Array(3_000_000).fill(7);
  await child.descriptors.get(1).write(big, null, main(child).signal);
  void kernel.call(main(child), 'proc.exit', 5);
  expect(await sync).toMatchObject({ pid: child.pid, code: 5, signal: null, error: null, sizes: [null, big.length, 0] });
  const piece = (await kernel.call(main(parent), 'proc.spawnSyncOutput', 1, 2_999_999)) as Uint8Array;
  expect(piece).toEqual(Uint8Array.of(7));
});

test('[SS1][SS2] maxBuffer and timeout end the child', async () => {
  const kernel = testKernel();
  const parent = kernel.table.spawn(spawnRequest());
  const request = { file: 'node', args: ['node'], cwd: null, env: ['PATH=/usr/bin'], stdio: [{ type: 'pipe' }, { type: 'pipe' }] };
  const flooded = kernel.call(main(parent), 'proc.spawnSync', { ...request, maxBuffer: 10 });
  await turn();
  const child = kernel.table.list().find(({ ppid }) => ppid === parent.pid) as Process;
  child.descriptors.get(1).writeQueued?.(new Uint8Array(11), () => {});
  expect(await flooded).toMatchObject({ signal: 'SIGTERM', error: 'ENOBUFS' });
  expect(await kernel.call(main(parent), 'proc.spawnSync', { ...request, timeout: 1, killSignal: 9 })).toMatchObject({ signal: 'SIGKILL', error: 'ETIMEDOUT' });
});

test('chdir follows links and refuses what is no folder', async () => {
  const { table, call } = testKernel({ ...STANDARD_FILES, '/link': { link: '/home/project' }, '/home/project/src': { folder: true } });
  const process = table.spawn(spawnRequest());
  await call(main(process), 'proc.chdir', 'src');
  expect(await call(main(process), 'proc.cwd')).toBe('/home/project/src');
  await call(main(process), 'proc.chdir', '/link');
  expect(process.cwd).toBe('/home/project');
  await expect(call(main(process), 'proc.chdir', '/usr/bin/node')).rejects.toThrow(/ENOTDIR/);
  await expect(call(main(process), 'proc.chdir', '/nowhere')).rejects.toThrow(/ENOENT/);
});

test('programs of the container\'s disk', () => {
  const disk = createDisk();
  addSystemTree(disk, [
    { path: '/usr/bin/node', bytes: new Uint8Array(1) },
    { path: '/bin/tool', bytes: encoder.encode('#!/usr/bin/node\n') },
    { path: '/usr/local/bin/node', target: '/usr/bin/node' },
  ]);
  const files = diskPrograms(disk);
  const run = (file: string) => resolveProgram(files, { file, args: [file], cwd: '/tmp', env: { PATH: '/usr/local/bin:/bin' } });
  expect(run('tool').argv).toEqual(['/usr/bin/node', '/bin/tool']);
  expect(run('node').execPath).toBe('/usr/bin/node');
  expect(() => run('missing')).toThrow(/ENOENT/);
});

test('a worker thread that ends closes its sockets and is told to its parent; the process goes on', async () => {
  const kernel = testKernel();
  const process = kernel.table.spawn(spawnRequest());
  const inbox = events(kernel, process);
  const start = kernel.starts[0];
  if (start === undefined) throw new Error('no thread');
  const worker = kernel.table.startThread(process, start.image, { port: new MessageChannel().port1, payload: null, parentThreadId: main(process).threadId });
  const fd = (await kernel.call(worker, 'net.socket', 'tcp')) as number;
  const id = await kernel.call(worker, 'stream.attach', fd);
  await kernel.call(worker, 'net.bind', id, '127.0.0.1', 3000, false);
  await kernel.call(worker, 'net.listen', id, 1);
  kernel.table.threadFailed(worker.threadId, 'broken');
  expect(await inbox.next()).toEqual({ type: 'thread-exit', threadId: worker.threadId, code: 1, error: 'broken' });
  expect(process.descriptors.has(fd)).toBe(false);
  expect(kernel.network.connectInternal(3000)).toBeUndefined();
  expect(process.state).toBe('running');
});

test('[PS2] a session is what a command started, without what left it', async () => {
  const { table } = testKernel();
  const command = table.spawn(spawnRequest());
  const job = table.spawn(spawnRequest({ parent: command, group: 0 }));
  const daemon = table.spawn(spawnRequest({ parent: job, newSession: true }));
  table.killSession(command.sid, 'SIGKILL');
  expect(table.list()).toEqual([daemon]);
  expect(daemon.ppid).toBe(1);
});
