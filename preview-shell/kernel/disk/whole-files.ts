/** Reading, writing and copying files as wholes: what a program would do in three or more calls. */
import { MAX_TRANSFER } from '../../abi/channel.ts';
import { SysError } from '../../abi/errno.ts';
import type { OpenFile, PackedRange } from '../descriptors/open-file.ts';
import { BLOCK_SIZE, O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } from './constants.ts';
import type { DeviceOpener, Disk, PathBase } from './disk.ts';
import { DirectoryInode, type FileInode } from './inode.ts';
import { unlink } from './names.ts';
import { DiskFile } from './open-disk-file.ts';

/** The whole content where one reply can carry it, or an open description to read in pieces. @throws {SysError} EISDIR */
export function readWhole(disk: Disk, path: string, flags: number, base: PathBase, openDevice?: DeviceOpener): Uint8Array | PackedRange | OpenFile {
  const file = disk.open(path, flags, 0o666, base, openDevice);
  if (file.kind === 'directory') {
    file.release();
    throw new SysError('EISDIR');
  }
  if (!(file instanceof DiskFile)) return file;
  const { size } = file.inode.content;
  if (size > MAX_TRANSFER && file.inode.content.range(0, size) === undefined) return file;
  try {
    return file.read(size, 0);
  } finally {
    file.release();
  }
}

/** @throws {SysError} of open(2) and write(2) */
export function writeWhole(disk: Disk, path: string, bytes: Uint8Array, flags: number, mode: number, base: PathBase, openDevice?: DeviceOpener): number | Promise<number> {
  const file = disk.open(path, flags, mode, base, openDevice);
  // A device of the process is the description that its descriptor has: not ours to end.
  const done = () => { if (file instanceof DiskFile) file.release(); };
  let written: number | Promise<number>;
  try {
    written = file.write(bytes, null, new AbortController().signal);
  } catch (error) {
    done();
    throw error;
  }
  if (written instanceof Promise) return written.finally(done);
  done();
  return written;
}

const COPYFILE_EXCL = 1;
const COPYFILE_FICLONE_FORCE = 4;

/** uv_fs_copyfile: content and permission bits. @throws {SysError} ENOTSUP when a clone is demanded */
export function copyFile(disk: Disk, from: string, to: string, mode: number, base: PathBase): void {
  if ((mode & COPYFILE_FICLONE_FORCE) !== 0) throw new SysError('ENOTSUP', 'files cannot be cloned');
  const source = disk.open(from, O_RDONLY, 0, base);
  try {
    copyFrom(disk, source, from, to, (mode & COPYFILE_EXCL) !== 0, base);
  } finally {
    if (source instanceof DiskFile || source.kind === 'directory') source.release();
  }
}

function copyFrom(disk: Disk, source: OpenFile, from: string, to: string, exclusive: boolean, base: PathBase): void {
  const inode = disk.lookup(from, base);
  if (source instanceof DiskFile) source.noteRead();
  const bytes = source instanceof DiskFile ? copyOf(source.inode) : new Uint8Array(0);
  const target = disk.open(to, O_WRONLY | O_CREAT | (exclusive ? O_EXCL : 0), inode.permissions, base);
  try {
    if (inode instanceof DirectoryInode) {
      // libuv removes the target when copying fails.
      unlink(disk, to, base);
      throw new SysError('EISDIR', from);
    }
    if (!(target instanceof DiskFile) || target.inode === inode) return;
    disk.tree.replace(target.inode, bytes);
    target.inode.permissions = inode.permissions;
    target.markWritten();
  } finally {
    if (target instanceof DiskFile) target.release();
  }
}

/** A copy that nobody else has. @throws {NotLoaded} */
export function copyOf(inode: FileInode): Uint8Array<ArrayBuffer> {
  const { content } = inode;
  const view = content.read(0, content.size);
  const copy = new Uint8Array(view.length);
  copy.set(view);
  return copy;
}

/** type, bsize, blocks, bfree, bavail, files, ffree (statfs(2)); the type is that of tmpfs. */
export function statfs(disk: Disk): number[] {
  const { limit, used } = disk.tree.space;
  const blocks = Math.floor(limit / BLOCK_SIZE);
  const free = Math.max(0, Math.floor((limit - used) / BLOCK_SIZE));
  return [0x01021994, BLOCK_SIZE, blocks, free, free, 0, 0];
}

