/** The records of a batch, as JSON. Each says how something is from then on: the last one of a thing counts. */
import type { MountRecord } from '../pack-layers.ts';
import type { Place } from './backend.ts';

/** f file, d directory, l link; permissions, owner; atime, mtime, ctime, birthtime in milliseconds. */
export interface InodeRecord {
  i: number;
  t: 'f' | 'd' | 'l';
  m: number;
  u: number;
  at: readonly [number, number, number, number];
  /** Size and blocks of a file. */
  s?: number;
  x?: readonly Place[];
  /** Target of a link. */
  l?: string;
}

export interface Batch {
  inodes: InodeRecord[];
  /** Inodes that are gone. */
  gone: number[];
  /** Directory, name, inode; 0 for a name of a pack that is hidden, -1 for a name that is gone. */
  names: (readonly [directory: number, name: string, inode: number])[];
  mounts?: readonly MountRecord[];
}

/** What all batches together say. */
export interface StoredTree {
  readonly inodes: Map<number, InodeRecord>;
  readonly names: Map<number, Map<string, number>>;
  mounts: readonly MountRecord[];
}

export const HIDDEN = 0;
export const GONE = -1;

export function applyBatch(tree: StoredTree, batch: Batch): void {
  for (const record of batch.inodes) tree.inodes.set(record.i, record);
  for (const ino of batch.gone) {
    tree.inodes.delete(ino);
    tree.names.delete(ino);
  }
  for (const [directory, name, inode] of batch.names) {
    const names = tree.names.get(directory) ?? new Map<string, number>();
    tree.names.set(directory, names);
    if (inode === GONE) names.delete(name);
    else names.set(name, inode);
  }
  if (batch.mounts !== undefined) tree.mounts = batch.mounts;
}
