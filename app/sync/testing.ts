/** For tests: a document and the real disk with the real replica, joined by streams instead of a broker. */
import type * as Y from 'yjs';
import { createDisk, PublicFileSystem, type Disk } from '../../preview-shell/kernel/disk/index.ts';
import { mkdirp } from '../../preview-shell/kernel/disk/names.ts';
import { replicaCommand } from '../../preview-shell/kernel/replica/index.ts';
import { REPLICA_COMMAND } from '../../shared/protocol/replica.ts';
import type { ContainerClient } from '../container/client.ts';
import type { ContainerProcess } from '../container/process.ts';
import { DocumentDiskSync, type DocumentStore } from './disk-sync.ts';

const ROOT = '/home/project';

/** A container as far as the sync needs one: the reserved command over the disk. */
function containerOver(disk: Disk): ContainerClient {
  const spawn = async (command: string): Promise<ContainerProcess> => {
    if (command !== REPLICA_COMMAND) throw new Error(`no such command: ${command}`);
    const stream = new TransformStream<string, string>();
    const writer = stream.writable.getWriter();
    const decoder = new TextDecoder();
    const running = replicaCommand(disk)({ command, args: [], cwd: ROOT, env: {} }, async (bytes) => {
      if (bytes === null) await writer.close();
      else await writer.write(decoder.decode(bytes, { stream: true }));
    });
    return { output: stream.readable, exit: running.exited, write: (data) => running.write(data), resize: () => undefined, kill: () => running.kill() };
  };
  return { spawn } as unknown as ContainerClient;
}

export interface Synced {
  doc: Y.Doc;
  disk: Disk;
  fs: PublicFileSystem;
  sync: DocumentDiskSync;
  read(path: string): Promise<string | undefined>;
}

export function newDisk(): Disk {
  const disk = createDisk();
  mkdirp(disk, ROOT, 0o755, { cwd: '/', umask: 0 });
  return disk;
}

export const savedAtOnce: DocumentStore = {
  whenSaved: () => Promise.resolve(),
  readBlob: () => Promise.reject(new Error('no blobs in this test')),
  putBytes: () => Promise.reject(new Error('no blobs in this test')),
};

export async function synced(doc: Y.Doc, disk = newDisk(), store = savedAtOnce): Promise<Synced> {
  const sync = new DocumentDiskSync(doc, store);
  await sync.start(containerOver(disk));
  const fs = new PublicFileSystem(disk, ROOT);
  const read = async (path: string): Promise<string | undefined> => {
    try {
      return (await fs.readFile(path, 'utf8')) as string;
    } catch {
      return undefined;
    }
  };
  return { doc, disk, fs, sync, read };
}
