import { DirectoryInode, FileInode } from '../disk/inode.ts';
import type { Disk, PathBase } from '../disk/index.ts';
import type { ProgramFiles } from './program.ts';

/** Paths are absolute here: nothing is created, so neither field matters. */
const BASE: PathBase = { cwd: '/', umask: 0 };

/** Programs on the container's disk. Besides `SysError`, throws the disk's `NotLoaded`: callers use `whenLoaded`. */
export function diskPrograms(disk: Disk): ProgramFiles {
  return {
    stat(path) {
      const inode = disk.lookup(path, BASE);
      const kind = inode instanceof FileInode ? 'file' : inode instanceof DirectoryInode ? 'directory' : 'other';
      return { kind, mode: inode.permissions };
    },
    read(path, length) {
      const inode = disk.lookup(path, BASE);
      return inode instanceof FileInode ? inode.content.read(0, length) : new Uint8Array(0);
    },
    realpath: (path) => disk.realpath(path, BASE),
  };
}
