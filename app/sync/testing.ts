/** For tests: the real disk with the real replica and a real room, joined by streams instead of a broker. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Y from 'yjs';
import { createDisk, PublicFileSystem, type Disk } from '../../preview-shell/kernel/disk/index.ts';
import { mkdirp } from '../../preview-shell/kernel/disk/names.ts';
import { replicaCommand } from '../../preview-shell/kernel/replica/index.ts';
import { createBlobs, type Blobs } from '../../server/environments/blobs.ts';
import { addTextFile, findByPath } from '../../shared/document/schema.ts';
import { REPLICA_COMMAND } from '../../shared/protocol/replica.ts';
import type { ContainerClient } from '../container/client.ts';
import type { ContainerProcess } from '../container/process.ts';
import { DocumentDiskSync, type DocumentStore } from './disk-sync.ts';
import { openTestRoom, type TestMember, type TestRoom } from './testing-room.ts';

export const ROOT = '/home/project';

export interface TestContainer extends Pick<ContainerClient, 'spawn'> {
  /** Ends every replica as a crash does. */
  crash(): void;
}

/** A container as far as the sync needs one: the reserved command over the disk. */
export function containerOver(disk: Disk): TestContainer {
  const running = new Set<ContainerProcess>();
  const spawn = async (command: string): Promise<ContainerProcess> => {
    if (command !== REPLICA_COMMAND) throw new Error(`no such command: ${command}`);
    const stream = new TransformStream<string, string>();
    const writer = stream.writable.getWriter();
    const decoder = new TextDecoder();
    const replica = replicaCommand(disk)({ command, args: [], cwd: ROOT, env: {} }, async (bytes) => {
      if (bytes === null) await writer.close();
      else await writer.write(decoder.decode(bytes, { stream: true }));
    });
    const process = { output: stream.readable, exit: replica.exited, write: (data: string) => replica.write(data), resize: () => undefined, kill: () => replica.kill() };
    running.add(process);
    return process;
  };
  return {
    spawn,
    crash() {
      for (const process of running) process.kill();
      running.clear();
    },
  };
}

export function newDisk(options: Parameters<typeof createDisk>[0] = {}): Disk {
  const disk = createDisk(options);
  mkdirp(disk, ROOT, 0o755, { cwd: '/', umask: 0 });
  return disk;
}

/** A room with its blobs. */
export interface World extends TestRoom {
  blobs: Blobs;
}

export function openWorld(files: Record<string, string> = {}, wire?: Parameters<typeof openTestRoom>[0]): World {
  const room = openTestRoom(wire);
  const folder = mkdtempSync(join(tmpdir(), 'sync-'));
  for (const [path, content] of Object.entries(files)) addTextFile(room.room.doc, { id: `id-${path}`, path, content });
  return {
    ...room,
    blobs: createBlobs(folder),
    async close() {
      await room.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when the member has what the room has. */
async function connected({ provider, writes }: TestMember): Promise<void> {
  if (!provider.synced) await new Promise<void>((resolve) => provider.once('sync', () => resolve()));
  if (writes.state.getState() !== 'waiting') return;
  await new Promise<void>((resolve) => {
    const stop = writes.state.subscribe((state) => state !== 'waiting' && (stop(), resolve()));
  });
}

export interface Synced {
  member: TestMember;
  doc: Y.Doc;
  disk: Disk;
  fs: PublicFileSystem;
  sync: DocumentDiskSync;
  container: TestContainer;
  read(path: string): Promise<string | undefined>;
}

export function storeOf(world: World, member: TestMember): DocumentStore {
  return {
    whenSaved: async () => {
      await connected(member);
      await world.room.durable();
    },
    readBlob: async (hash) => (await world.blobs.get('a', hash)).buffer,
    putBlob: async (hash, bytes) => void (await world.blobs.put('a', bytes, hash)),
    writes: member.writes,
  };
}

/** One member with a runtime. */
export async function synced(world: World, member = world.join(), disk = newDisk(), store: Partial<DocumentStore> = {}): Promise<Synced> {
  await connected(member);
  const sync = new DocumentDiskSync(member.doc, { ...storeOf(world, member), ...store });
  const container = containerOver(disk);
  await sync.start(container);
  const fs = new PublicFileSystem(disk, ROOT);
  const read = async (path: string): Promise<string | undefined> => {
    try {
      return (await fs.readFile(path, 'utf8')) as string;
    } catch {
      return undefined;
    }
  };
  return { member, doc: member.doc, disk, fs, sync, container, read };
}

export const textOf = (doc: Y.Doc, path: string): string | undefined => {
  const file = findByPath(doc, path);
  return file?.kind === 'text' ? file.text.toString() : undefined;
};

export function editor(doc: Y.Doc, path: string): Y.Text {
  const file = findByPath(doc, path);
  if (file?.kind !== 'text') throw new Error(`No text file ${path}`);
  return file.text;
}
