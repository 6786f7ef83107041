import type { Content } from './content.ts';
import { BLOCK_SIZE, DIRENT_CHAR, DIRENT_DIR, DIRENT_FILE, DIRENT_LINK, PERMISSIONS, S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG, USER_ID } from './constants.ts';
import type { ReadRecord } from './read-record.ts';
import type { Volume } from './volume.ts';

/** A name for an inode in a directory. */
export interface Dentry {
  readonly directory: DirectoryInode;
  readonly name: string;
}

export interface InodeInit {
  readonly ino: number;
  readonly permissions: number;
  readonly volume: Volume;
  /** Milliseconds since the epoch, with a fraction. */
  readonly time: number;
  readonly uid?: number;
}

abstract class InodeBase {
  readonly ino: number;
  permissions: number;
  volume: Volume;
  uid: number;
  gid: number;
  atime: number;
  mtime: number;
  ctime: number;
  birthtime: number;
  /** Descriptions that refer to it: it lives on without a name while there are some. */
  opened = 0;
  /** All its names. A directory has at most one, the root none. */
  dentries: Dentry[] = [];
  /** Is in a mounted pack as it is here: nothing of it needs to be kept. */
  packed = false;

  constructor(init: InodeInit) {
    this.ino = init.ino;
    this.permissions = init.permissions & PERMISSIONS;
    this.volume = init.volume;
    this.uid = init.uid ?? USER_ID;
    this.gid = this.uid;
    this.atime = this.mtime = this.ctime = this.birthtime = init.time;
  }
}

export class FileInode extends InodeBase {
  readonly type = S_IFREG;
  readonly direntType = DIRENT_FILE;
  readonly content: Content;
  /** Rises with each change of the content. */
  version = 0;
  /** Reads of it are remembered in the record of the process; set by who merges what programs write. */
  followed = false;
  /** Of the process that wrote to it last, if it was one. */
  writer: ReadRecord | undefined;

  constructor(init: InodeInit, content: Content) {
    super(init);
    this.content = content;
  }
}

export class DirectoryInode extends InodeBase {
  readonly type = S_IFDIR;
  readonly direntType = DIRENT_DIR;
  /** Only through `entriesOf`, which fills a directory of a pack first. */
  readonly entries = new Map<string, Inode>();
  /** Reads the pack that is mounted here; set until first touched. @throws {NotLoaded} */
  fill: (() => void) | undefined;
  /** Names that its pack has and that were removed here. */
  readonly whiteouts = new Set<string>();
  subdirectories = 0;
}

export class SymlinkInode extends InodeBase {
  readonly type = S_IFLNK;
  readonly direntType = DIRENT_LINK;
  readonly target: string;

  constructor(init: InodeInit, target: string) {
    super(init);
    this.target = target;
  }
}

export class DeviceInode extends InodeBase {
  readonly type = S_IFCHR;
  readonly direntType = DIRENT_CHAR;
  readonly device: string;
  readonly rdev: number;

  constructor(init: InodeInit, device: string, rdev: number) {
    super(init);
    this.device = device;
    this.rdev = rdev;
  }
}

export type Inode = FileInode | DirectoryInode | SymlinkInode | DeviceInode;

/** What is in the directory, its pack read. @throws {NotLoaded} */
export function entriesOf(directory: DirectoryInode): Map<string, Inode> {
  directory.fill?.();
  return directory.entries;
}

export function sizeOf(inode: Inode): number {
  if (inode instanceof FileInode) return inode.content.size;
  if (inode instanceof SymlinkInode) return utf8Length(inode.target);
  return inode instanceof DirectoryInode ? BLOCK_SIZE : 0;
}

export function linkCount(inode: Inode): number {
  if (!(inode instanceof DirectoryInode)) return inode.dentries.length;
  const isRoot = inode.ino === ROOT_INO;
  return inode.dentries.length === 0 && !isRoot ? 0 : 2 + inode.subdirectories;
}

export const ROOT_INO = 1;
/** From here on numbers belong to mounted packs. */
export const PACKED_INOS = 2 ** 40;

/**
 * `struct stat` as Node's fs binding orders it: dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks,
 * then seconds and nanoseconds of atime, mtime, ctime and birthtime.
 */
export function statOf(inode: Inode): number[] {
  const size = sizeOf(inode);
  const rdev = inode instanceof DeviceInode ? inode.rdev : 0;
  const blocks = inode instanceof FileInode ? Math.ceil(size / 512) : 0;
  const stat = [inode.volume.dev, inode.type | inode.permissions, linkCount(inode), inode.uid, inode.gid, rdev, BLOCK_SIZE, inode.ino, size, blocks];
  for (const time of [inode.atime, inode.mtime, inode.ctime, inode.birthtime]) {
    const seconds = Math.floor(time / 1000);
    stat.push(seconds, Math.round((time - seconds * 1000) * 1e6));
  }
  return stat;
}

const encoder = new TextEncoder();

export function utf8Length(text: string): number {
  // Up to a third of the limits no encoding is needed to know that a name is short enough.
  return /^[\0-\x7f]*$/.test(text) ? text.length : encoder.encode(text).length;
}

