/** `struct stat` of things that are no files, in the order of Node's fs binding (src/node_file-inl.h, FillStatsArray). */
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFSOCK = 0o140000;

let nextInode = 1;

/** A number for a new anonymous description, as pipefs and sockfs count them. */
export function anonymousInode(): number {
  return nextInode++;
}

/** dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, then seconds and nanoseconds of atime, mtime, ctime, birthtime. */
export function anonymousStat(mode: number, inode: number, rdev = 0): number[] {
  return [12, mode | 0o600, 1, 0, 0, rdev, 4096, inode, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
}
