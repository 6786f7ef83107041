/** rm -r: everything below first, in one call. */
import { SysError } from '../../abi/errno.ts';
import type { Disk, PathBase } from './disk.ts';
import { DirectoryInode, entriesOf } from './inode.ts';
import { rmdir, unlink } from './names.ts';

/** @throws {SysError} ENOENT without `force`, EISDIR for a directory without `recursive`, and those of unlink(2) and rmdir(2) */
export function remove(disk: Disk, path: string, options: { recursive: boolean; force: boolean }, base: PathBase): void {
  const inode = disk.find(path, base, false);
  if (inode === undefined) {
    if (options.force) return;
    throw new SysError('ENOENT', path);
  }
  if (!(inode instanceof DirectoryInode)) return unlink(disk, path, base);
  if (!options.recursive) throw new SysError('EISDIR', path);
  empty(disk, inode);
  rmdir(disk, path, base);
}

function empty(disk: Disk, directory: DirectoryInode): void {
  for (const [name, inode] of [...entriesOf(directory)]) {
    disk.permitEntry(directory);
    if (inode.volume.dev !== directory.volume.dev || disk.isFixed(inode)) throw new SysError('EBUSY', name);
    if (inode instanceof DirectoryInode) empty(disk, inode);
    disk.tree.detach(directory, name);
  }
}
