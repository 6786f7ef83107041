/** The calls that change what an inode says of itself: chmod(2), chown(2), utimensat(2), truncate(2). */
import { SysError } from '../../abi/errno.ts';
import { PERMISSIONS, ROOT_ID, USER_ID } from './constants.ts';
import type { Disk } from './disk.ts';
import type { Inode } from './inode.ts';

export function chmod(disk: Disk, inode: Inode, mode: number): void {
  disk.permitAttributes(inode);
  disk.tree.copyUp(inode, false);
  inode.permissions = mode & PERMISSIONS;
  disk.tree.attributesChanged(inode);
}

/** -1 leaves an id as it is. The container has one user: others cannot be given anything. */
export function chown(disk: Disk, inode: Inode, uid: number, gid: number): void {
  disk.permitAttributes(inode);
  const allowed = (id: number, current: number) => id === -1 || id === 0xffffffff || id === current || id === USER_ID;
  if (!allowed(uid, inode.uid) || !allowed(gid, inode.gid)) throw new SysError('EPERM', `only ${USER_ID} and ${ROOT_ID} exist`);
  disk.tree.copyUp(inode, false);
  disk.tree.attributesChanged(inode);
}

/** Times in seconds with a fraction, as Node passes them. */
export function utimes(disk: Disk, inode: Inode, atime: number, mtime: number): void {
  disk.permitAttributes(inode);
  disk.tree.copyUp(inode, false);
  inode.atime = atime * 1000;
  inode.mtime = mtime * 1000;
  disk.tree.attributesChanged(inode);
}
