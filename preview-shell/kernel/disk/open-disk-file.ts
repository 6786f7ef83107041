import { SysError } from '../../abi/errno.ts';
import type { Value } from '../../abi/codec.ts';
import type { OpenFile, PackedRange } from '../descriptors/open-file.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_WRONLY } from './constants.ts';
import { statOf, type DirectoryInode, type FileInode, type Inode } from './inode.ts';
import type { ReadRecord } from './read-record.ts';
import type { Tree } from './tree.ts';

/** Ranges of packs below this are sent as bytes: the reply is smaller than a second look would be. */
const RANGE_FROM = 256;

/** An open regular file. */
export class DiskFile implements OpenFile {
  readonly kind = 'file';
  readonly inode: FileInode;
  readonly flags: number;
  /** Of the process that reads and writes through it; a child that inherited it does so on its own account. */
  reads: ReadRecord | undefined;
  private readonly tree: Tree;
  private offset = 0;
  private wrote = false;
  /** Revision of the first read: what is read in pieces while somebody writes is a change of the oldest. */
  private readVersion: number | undefined;

  constructor(tree: Tree, inode: FileInode, flags: number, reads?: ReadRecord) {
    this.tree = tree;
    this.inode = inode;
    this.flags = flags;
    this.reads = reads;
    inode.opened++;
  }

  get readable(): boolean {
    return (this.flags & O_ACCMODE) !== O_WRONLY;
  }

  get writable(): boolean {
    return (this.flags & O_ACCMODE) !== O_RDONLY;
  }

  /** @throws {SysError} EBADF. @throws {NotLoaded} */
  read(length: number, position: number | null): Uint8Array | PackedRange {
    if (!this.readable) throw new SysError('EBADF', 'not open for reading');
    const at = position ?? this.offset;
    const { content } = this.inode;
    this.noteRead();
    const range = length >= RANGE_FROM ? content.range(at, length) : undefined;
    const result = range ?? content.read(at, length);
    if (position === null) this.offset = at + result.length;
    return result;
  }

  /** @throws {SysError} EBADF, EFBIG, ENOSPC. @throws {NotLoaded} */
  write(bytes: Uint8Array, position: number | null): number {
    if (!this.writable) throw new SysError('EBADF', 'not open for writing');
    // Linux: with O_APPEND pwrite(2) appends whatever its offset.
    const at = (this.flags & O_APPEND) !== 0 ? this.inode.content.size : (position ?? this.offset);
    if (bytes.length > 0) {
      this.tree.write(this.inode, bytes, at);
      this.markWritten();
    }
    if (position === null) this.offset = at + bytes.length;
    return bytes.length;
  }

  truncate(size: number): void {
    if (!this.writable) throw new SysError('EINVAL', 'not open for writing');
    this.tree.truncate(this.inode, size);
    this.markWritten();
  }

  stat(): Value {
    return statOf(this.inode);
  }

  /** Told also when open(2) itself has emptied or made the file. */
  markWritten(): void {
    this.wrote = true;
    this.inode.writer = this.reads;
  }

  /** Its process knows the content as it is. */
  noteRead(): void {
    if (this.reads === undefined || !this.inode.followed) return;
    const path = this.tree.pathOf(this.inode);
    this.readVersion ??= this.inode.version;
    if (path !== undefined) this.reads.note(path, { inode: this.inode, version: this.readVersion });
  }

  writeQueued(bytes: Uint8Array): boolean {
    this.write(bytes, null);
    return true;
  }

  release(): void {
    this.inode.opened--;
    if (this.wrote) this.tree.tell({ type: 'written', inode: this.inode });
    this.tree.release(this.inode);
  }
}

/** An open directory: for fstat, fchmod, fsync and the like. */
export class DirectoryFile implements OpenFile {
  readonly kind = 'directory';
  readonly inode: DirectoryInode;

  constructor(inode: DirectoryInode) {
    this.inode = inode;
    inode.opened++;
  }

  read(): Uint8Array {
    throw new SysError('EISDIR');
  }

  write(): number {
    throw new SysError('EBADF', 'not open for writing');
  }

  stat(): Value {
    return statOf(this.inode);
  }

  release(): void {
    this.inode.opened--;
  }
}

/** The inode behind a description, for the calls that change one through a descriptor. */
export function inodeOf(file: OpenFile): Inode | undefined {
  if (file instanceof DiskFile || file instanceof DirectoryFile) return file.inode;
  return undefined;
}
