import { afterEach, expect, test } from 'vitest';
import type { ThreadStart } from '../abi/thread.ts';
import type { Value } from '../abi/codec.ts';
import { Worker } from 'node:worker_threads';
import { Kernel } from './kernel.ts';
import { createPipe } from './streams/pipe.ts';

const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

/** A kernel whose threads are Workers that make the calls they are told and answer what came of them. */
function kernelOf() {
  const starts: ThreadStart[] = [];
  const terminated: number[] = [];
  const kernel = new Kernel({
    launcher: { launch: (start) => starts.push(start), terminate: (threadId) => terminated.push(threadId) },
    system: [{ path: '/usr/bin/node', bytes: new Uint8Array([0x7f]), mode: 0o755 }],
  });
  return { kernel, starts, terminated };
}

/** Makes system calls from a blocked thread, as a process does. */
async function callsFrom(start: ThreadStart, calls: [string, ...Value[]][]): Promise<unknown[]> {
  const client = new URL('../abi/channel.ts', import.meta.url).href;
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     import(${JSON.stringify(client)}).then(({ ChannelClient }) => {
       const channel = new ChannelClient(workerData.channel);
       parentPort.postMessage(workerData.calls.map(([operation, ...args]) => { try { return channel.call(operation, ...args); } catch (error) { return error.code; } }));
     });`,
    { eval: true, workerData: { channel: start.channel, calls } },
  );
  workers.push(worker);
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

function spawn(kernel: Kernel) {
  const { reader, writer } = createPipe();
  return kernel.processes.spawn({ file: 'node', args: ['node', 'main.js'], cwd: '/', env: { PATH: '/usr/bin' }, stdio: [reader, writer, writer] });
}

test('a thread reaches the disk, its process and its descriptors over one channel', async () => {
  const { kernel, starts } = kernelOf();
  spawn(kernel);
  const [start] = starts;
  expect(start?.image).toMatchObject({ argv: ['node', 'main.js'], execPath: '/usr/bin/node' });
  expect(await callsFrom(start as ThreadStart, [['proc.cwd'], ['fs.mkdir', '/made', 0o755, false], ['proc.chdir', '/made'], ['proc.cwd'], ['no.such.call']]))
    .toEqual(['/', undefined, null, '/made', 'ENOSYS']);
});

test('a worker thread is reserved, started with its port, and its end is told to its parent', async () => {
  const { kernel, starts, terminated } = kernelOf();
  spawn(kernel);
  const parent = starts[0] as ThreadStart;
  const [id] = await callsFrom(parent, [['thread.reserve']]);
  const { port1 } = new MessageChannel();
  const told = new Promise((resolve) => { parent.events.onmessage = ({ data }) => resolve(data); });
  parent.events.postMessage({ type: 'start-thread', threadId: id, env: { A: '1' }, execArgv: [], port: port1 }, [port1]);
  await expect.poll(() => starts.length).toBe(2);
  const child = starts[1] as ThreadStart;
  expect(child.image).toMatchObject({ pid: parent.image.pid, env: { A: '1' } });
  expect(child.worker?.parentThreadId).toBe(parent.threadId);
  kernel.threadFailed(child.threadId, 'it broke');
  expect(await told).toMatchObject({ type: 'thread-exit', threadId: id, code: 1, error: 'it broke' });
  expect(terminated).toContain(child.threadId);
  parent.events.close();
});

test('stopping a thread by its public id ends that one, whatever threads of the table have the same number', async () => {
  const { kernel, starts, terminated } = kernelOf();
  spawn(kernel);
  const parent = starts[0] as ThreadStart;
  const told: unknown[] = [];
  parent.events.onmessage = ({ data }) => told.push(data);
  const ids = await callsFrom(parent, [['thread.reserve'], ['thread.reserve'], ['thread.reserve']]);
  for (const id of ids) {
    const { port1 } = new MessageChannel();
    parent.events.postMessage({ type: 'start-thread', threadId: id, env: {}, execArgv: [], port: port1 }, [port1]);
  }
  await expect.poll(() => starts.length).toBe(4);
  await callsFrom(parent, [['thread.stop', ids[1] as number]]);
  await expect.poll(() => told).toMatchObject([{ type: 'thread-exit', threadId: ids[1] }]);
  expect(terminated).toEqual([starts[2]?.threadId]);
  // Its end may still be on its way to whoever stops it: once more is nothing, and nothing that a program would see thrown.
  expect(await callsFrom(parent, [['thread.stop', ids[1] as number]])).toEqual([undefined]);
  parent.events.close();
});

test('a thread of another process cannot be stopped', async () => {
  const { kernel, starts } = kernelOf();
  spawn(kernel);
  spawn(kernel);
  const [id] = await callsFrom(starts[0] as ThreadStart, [['thread.reserve']]);
  expect(await callsFrom(starts[1] as ThreadStart, [['thread.stop', id as number], ['thread.stop', 999]])).toEqual(['ESRCH', 'ESRCH']);
});
