/** The calls that change names: mkdir(2), rmdir(2), unlink(2), rename(2), link(2), symlink(2), mkdtemp(3). */
import { SysError } from '../../abi/errno.ts';
import { PERMISSIONS } from './constants.ts';
import type { Disk, PathBase } from './disk.ts';
import { DirectoryInode, entriesOf, type Inode } from './inode.ts';
import type { Location } from './path-walk.ts';

export function mkdir(disk: Disk, path: string, mode: number, base: PathBase): void {
  const location = disk.locate(path, base, 'never');
  if (location.inode !== undefined) throw new SysError('EEXIST', path);
  disk.permitEntry(location.directory);
  const { directory, name } = location;
  disk.tree.attach(directory, name, disk.tree.newDirectory(directory.volume, mode & ~base.umask & PERMISSIONS));
}

/** Makes what is missing of `path`. @returns the first directory made, undefined when all were there. */
export function mkdirp(disk: Disk, path: string, mode: number, base: PathBase): string | undefined {
  const missing: string[] = [];
  let at = trimSlashes(path);
  for (;;) {
    if (isDirectory(disk, at, base, path)) break;
    missing.push(at);
    const slash = at.lastIndexOf('/');
    if (slash < 0) break;
    at = slash === 0 ? '/' : trimSlashes(at.slice(0, slash));
  }
  for (const one of missing.toReversed()) {
    // A '..' in the middle may have come into being with what is made before it.
    if (!isDirectory(disk, one, base, path)) mkdir(disk, one, mode, base);
  }
  return missing.at(-1);
}

function isDirectory(disk: Disk, at: string, base: PathBase, whole: string): boolean {
  let inode: Inode | undefined;
  try {
    inode = disk.lookup(at, base);
  } catch (error) {
    if (!(error instanceof SysError) || error.code !== 'ENOENT') throw error;
    // A link to nothing is in the way.
    if (disk.find(at, base, false) !== undefined) throw new SysError('ENOENT', at);
    return false;
  }
  if (inode instanceof DirectoryInode) return true;
  throw new SysError(at === whole ? 'EEXIST' : 'ENOTDIR', at);
}

function trimSlashes(path: string): string {
  return path.replace(/(?<!^)\/+$/, '');
}

export function rmdir(disk: Disk, path: string, base: PathBase): void {
  const location = disk.locate(path, base, 'never');
  const { directory, name, inode, ending } = location;
  if (ending === 'root' || inode === disk.tree.root) throw new SysError('EBUSY', path);
  if (ending === 'dot') throw new SysError('EINVAL', path);
  if (ending === 'dotdot') throw new SysError('ENOTEMPTY', path);
  if (inode === undefined) throw new SysError('ENOENT', path);
  if (!(inode instanceof DirectoryInode)) throw new SysError('ENOTDIR', path);
  checkRemovable(disk, location, inode);
  if (entriesOf(inode).size > 0) throw new SysError('ENOTEMPTY', path);
  disk.tree.detach(directory, name);
}

export function unlink(disk: Disk, path: string, base: PathBase): void {
  const location = disk.locate(path, base, 'never');
  const { directory, name, inode, ending } = location;
  if (ending !== 'name') throw new SysError('EISDIR', path);
  if (inode === undefined) throw new SysError('ENOENT', path);
  if (inode instanceof DirectoryInode) throw new SysError('EISDIR', path);
  if (location.mustBeDirectory) throw new SysError('ENOTDIR', path);
  checkRemovable(disk, location, inode);
  disk.tree.detach(directory, name);
}

function checkRemovable(disk: Disk, location: Location, inode: Inode): void {
  disk.permitEntry(location.directory);
  // What another file system is mounted on stays.
  if (inode.volume.dev !== location.directory.volume.dev || disk.isFixed(inode)) throw new SysError('EBUSY', location.name);
}

export function rename(disk: Disk, from: string, to: string, base: PathBase): void {
  const source = disk.locate(from, base, 'never');
  const target = disk.locate(to, base, 'never');
  if (source.ending !== 'name' || target.ending !== 'name') throw new SysError('EBUSY', from);
  const inode = source.inode;
  if (inode === undefined) throw new SysError('ENOENT', from);
  const isDirectory = inode instanceof DirectoryInode;
  if (!isDirectory && (source.mustBeDirectory || target.mustBeDirectory)) throw new SysError('ENOTDIR', from);
  if (isDirectory && isWithin(target.directory, inode)) throw new SysError('EINVAL', to);
  checkRemovable(disk, source, inode);
  disk.permitEntry(target.directory);
  if (source.directory.volume.dev !== target.directory.volume.dev) throw new SysError('EXDEV', to);
  if (target.inode === inode) return;
  if (target.inode !== undefined) checkReplaceable(disk, target, target.inode, isDirectory, source.directory);
  move(disk, inode, source, target);
}

function checkReplaceable(disk: Disk, target: Location, existing: Inode, withDirectory: boolean, sourceDirectory: DirectoryInode): void {
  if (existing instanceof DirectoryInode) {
    if (isWithin(sourceDirectory, existing)) throw new SysError('ENOTEMPTY', target.name);
    if (!withDirectory) throw new SysError('EISDIR', target.name);
    checkRemovable(disk, target, existing);
    if (entriesOf(existing).size > 0) throw new SysError('ENOTEMPTY', target.name);
  } else {
    if (withDirectory) throw new SysError('ENOTDIR', target.name);
    checkRemovable(disk, target, existing);
  }
}

function move(disk: Disk, inode: Inode, source: Location, target: Location): void {
  const { tree } = disk;
  tree.copyUp(inode, true);
  if (target.inode !== undefined) tree.detach(target.directory, target.name, false, true);
  tree.detach(source.directory, source.name, true);
  tree.rehome(inode, target.directory.volume);
  tree.attach(target.directory, target.name, inode, true);
}

function isWithin(directory: DirectoryInode, ancestor: DirectoryInode): boolean {
  let at: DirectoryInode | undefined = directory;
  while (at !== undefined) {
    if (at === ancestor) return true;
    at = at.dentries[0]?.directory;
  }
  return false;
}

export function link(disk: Disk, from: string, to: string, base: PathBase): void {
  // link(2), which libuv uses, does not follow a link at the end.
  const inode = disk.lookup(from, base, false);
  const target = disk.locate(to, base, 'never');
  if (target.inode !== undefined) throw new SysError('EEXIST', to);
  if (target.mustBeDirectory) throw new SysError('ENOENT', to);
  disk.permitEntry(target.directory);
  if (inode.volume.dev !== target.directory.volume.dev) throw new SysError('EXDEV', to);
  if (inode instanceof DirectoryInode) throw new SysError('EPERM', from);
  disk.tree.copyUp(inode, false);
  disk.tree.rehome(inode, inode.volume.persistent ? inode.volume : target.directory.volume);
  disk.tree.attach(target.directory, target.name, inode);
}

export function symlink(disk: Disk, target: string, path: string, base: PathBase): void {
  if (target === '') throw new SysError('ENOENT', 'empty target');
  const location = disk.locate(path, base, 'never');
  if (location.inode !== undefined) throw new SysError('EEXIST', path);
  if (location.mustBeDirectory) throw new SysError('ENOENT', path);
  disk.permitEntry(location.directory);
  disk.tree.attach(location.directory, location.name, disk.tree.newSymlink(location.directory.volume, target));
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** mkdtemp(3): `prefix` and six characters, mode 0700. @returns the path made. */
export function mkdtemp(disk: Disk, prefix: string, base: PathBase): string {
  for (let attempt = 0; attempt < 100; attempt++) {
    const suffix = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => LETTERS[byte % LETTERS.length]).join('');
    const path = prefix + suffix;
    if (disk.find(path, base, false) !== undefined) continue;
    mkdir(disk, path, 0o700, base);
    return path;
  }
  throw new SysError('EEXIST', prefix);
}

