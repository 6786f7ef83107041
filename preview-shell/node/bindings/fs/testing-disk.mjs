/** For tests: a disk in a thread of its own behind a real channel. Plain JavaScript, so that a Worker loads it anywhere. */
import { parentPort, workerData } from 'node:worker_threads';
import { ChannelServer } from '../../../abi/channel.ts';
import { SysError } from '../../../abi/errno.ts';
import { DescriptorTable } from '../../../kernel/descriptors/table.ts';
import { createDisk, fsSyscalls } from '../../../kernel/disk/index.ts';
import { mkdirp } from '../../../kernel/disk/names.ts';

const disk = createDisk();
mkdirp(disk, '/home/project', 0o755, { cwd: '/', umask: 0 });
for (const [hash, bytes] of workerData.packs) disk.packs.set(hash, bytes);
disk.layers.mount('/home/project', workerData.mounts);
const table = fsSyscalls(disk);
const signal = new AbortController().signal;
const caller = {
  threadId: 1,
  process: { pid: 1, descriptors: new DescriptorTable(), cwd: '/home/project', umask: 0o022 },
  signal,
  emit: (event) => parentPort.postMessage(event),
};
new ChannelServer(workerData.channel, (operation, args) => {
  const call = table[operation];
  if (call === undefined) throw new SysError('ENOSYS', operation);
  return call(caller, args);
}, signal);

// Waiting for a call does not keep a thread alive in Node.
parentPort.on('message', () => {});
parentPort.postMessage({ type: 'ready', names: disk.names });
