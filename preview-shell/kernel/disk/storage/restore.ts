import { Content } from '../content.ts';
import type { Disk } from '../disk.ts';
import { DirectoryInode, FileInode, ROOT_INO, SymlinkInode, type Inode } from '../inode.ts';
import { MAIN_VOLUME } from '../volume.ts';
import type { StorageBackend } from './backend.ts';
import { applyBatch, HIDDEN, type Batch, type InodeRecord, type StoredTree } from './records.ts';
import { StoredSource } from './stored-source.ts';

/** Reads all batches. */
export function readTree(batches: readonly string[]): StoredTree {
  const tree: StoredTree = { inodes: new Map(), names: new Map(), mounts: [] };
  for (const batch of batches) applyBatch(tree, JSON.parse(batch) as Batch);
  return tree;
}

/** Puts what was stored into a new disk. Contents stay in storage until they are read. */
export function restore(disk: Disk, stored: StoredTree, backend: StorageBackend): void {
  const { tree } = disk;
  const inodes = new Map<number, Inode>([[ROOT_INO, tree.root]]);
  for (const record of stored.inodes.values()) {
    tree.reserveIno(record.i);
    if (record.i === ROOT_INO) setAttributes(tree.root, record);
    else inodes.set(record.i, makeInode(disk, record, backend));
  }
  for (const [directoryIno, names] of stored.names) {
    const directory = inodes.get(directoryIno);
    if (directory instanceof DirectoryInode) linkNames(disk, directory, names, inodes);
  }
  disk.layers.restore(stored.mounts, inodes);
}

function linkNames(disk: Disk, directory: DirectoryInode, names: ReadonlyMap<string, number>, inodes: ReadonlyMap<number, Inode>): void {
  for (const [name, ino] of names) {
    const inode = inodes.get(ino);
    if (ino === HIDDEN) directory.whiteouts.add(name);
    else if (inode !== undefined && !directory.entries.has(name)) disk.tree.link(directory, name, inode);
  }
}

function makeInode(disk: Disk, record: InodeRecord, backend: StorageBackend): Inode {
  const init = { ino: record.i, permissions: record.m, volume: MAIN_VOLUME, time: 0, uid: record.u };
  const inode = record.t === 'd' ? new DirectoryInode(init)
    : record.t === 'l' ? new SymlinkInode(init, record.l ?? '')
    : new FileInode(init, new Content(disk.tree.space, storedContent(record, backend)));
  setAttributes(inode, record);
  return inode;
}

function storedContent(record: InodeRecord, backend: StorageBackend): StoredSource | undefined {
  const size = record.s ?? 0;
  return size === 0 ? undefined : new StoredSource(backend, size, record.x ?? []);
}

function setAttributes(inode: Inode, record: InodeRecord): void {
  inode.permissions = record.m;
  [inode.atime, inode.mtime, inode.ctime, inode.birthtime] = record.at;
}
