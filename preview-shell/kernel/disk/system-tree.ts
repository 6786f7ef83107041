/** Programs of the container itself: read-only, owned by root, the same for everybody. */
import type { Disk } from './disk.ts';
import { DirectoryInode } from './inode.ts';
import { SYSTEM_VOLUME } from './volume.ts';

export type SystemEntry =
  | { readonly path: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly mode?: number }
  /** A symbolic link. */
  | { readonly path: string; readonly target: string };

/** Puts `entries` (absolute paths, below /bin, /usr or another folder that only the container writes) on the disk. Call before anything runs. */
export function addSystemTree(disk: Disk, entries: readonly SystemEntry[]): void {
  const { tree } = disk;
  for (const entry of entries) {
    const parts = entry.path.split('/').filter((part) => part !== '');
    const name = parts.pop();
    if (name === undefined) continue;
    const directory = parts.reduce((at, part) => folder(disk, at, part), tree.root);
    if ('target' in entry) {
      tree.link(directory, name, tree.newSymlink(SYSTEM_VOLUME, entry.target));
    } else {
      const file = tree.newFile(SYSTEM_VOLUME, entry.mode ?? 0o755);
      file.content.replace(entry.bytes);
      tree.link(directory, name, file);
    }
  }
}

function folder(disk: Disk, parent: DirectoryInode, name: string): DirectoryInode {
  const existing = parent.entries.get(name);
  if (existing instanceof DirectoryInode) return existing;
  const made = disk.tree.newDirectory(SYSTEM_VOLUME, 0o755);
  disk.tree.link(parent, name, made);
  return made;
}
