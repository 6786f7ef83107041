import { ROOT_ID, USER_ID } from './constants.ts';
import { Content, type ContentSource } from './content.ts';
import { DEVICE_VOLUME, MAIN_VOLUME, type Volume } from './volume.ts';
import { DeviceInode, DirectoryInode, entriesOf, FileInode, PACKED_INOS, ROOT_INO, SymlinkInode, type Inode } from './inode.ts';
import type { Space } from './space.ts';

/** What has happened to the tree. A rename is `removed` and `added` of one inode, both `moved`; what it took the place of is `removed` first, `replaced`. */
export type TreeChange =
  | { readonly type: 'added' | 'removed'; readonly directory: DirectoryInode; readonly name: string; readonly inode: Inode; readonly moved: boolean; readonly replaced?: boolean }
  | { readonly type: 'data'; readonly inode: FileInode; readonly from: number; readonly to: number }
  | { readonly type: 'attributes'; readonly inode: Inode }
  /** A descriptor that wrote to the file has been closed, or a call has replaced the content as a whole. */
  | { readonly type: 'written'; readonly inode: FileInode }
  /** Was in a pack, and is kept here from now on. */
  | { readonly type: 'copied-up'; readonly inode: Inode };

const SCRATCH_INOS = 2 ** 36;
const FIXED_INOS = 2 ** 37;

/** Inodes and their names. No checks: `Disk` makes them. Everything that changes goes through here, and is told to the observers. */
export class Tree {
  readonly root: DirectoryInode;
  readonly space: Space;
  private readonly clock: () => number;
  private readonly observers = new Set<(change: TreeChange) => void>();
  /** Each kind of volume counts for itself, so that numbers that are kept never meet those that each start gives anew. */
  private readonly nextInos = { kept: ROOT_INO + 1, scratch: SCRATCH_INOS, fixed: FIXED_INOS };
  constructor(space: Space, clock: () => number) {
    this.space = space;
    this.clock = clock;
    this.root = new DirectoryInode({ ino: ROOT_INO, permissions: 0o755, volume: MAIN_VOLUME, time: clock() });
  }

  now(): number {
    return this.clock();
  }

  observe(observer: (change: TreeChange) => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  tell(change: TreeChange): void {
    for (const observer of this.observers) observer(change);
  }

  /** Numbers up to this one are in use (after a restore). */
  reserveIno(ino: number): void {
    const range = ino < SCRATCH_INOS ? 'kept' : ino < FIXED_INOS ? 'scratch' : undefined;
    if (range !== undefined) this.nextInos[range] = Math.max(this.nextInos[range], ino + 1);
  }

  newFile(volume: Volume, permissions: number, source?: ContentSource): FileInode {
    return new FileInode(this.init(volume, permissions), new Content(this.space, source));
  }

  newDirectory(volume: Volume, permissions: number): DirectoryInode {
    return new DirectoryInode(this.init(volume, permissions));
  }

  newSymlink(volume: Volume, target: string): SymlinkInode {
    return new SymlinkInode(this.init(volume, 0o777), target);
  }

  newDevice(device: string, rdev: number): DeviceInode {
    return new DeviceInode(this.init(DEVICE_VOLUME, 0o666), device, rdev);
  }

  private init(volume: Volume, permissions: number) {
    const range = volume.persistent ? 'kept' : volume.dev === MAIN_VOLUME.dev ? 'scratch' : 'fixed';
    return { ino: this.nextInos[range]++, permissions, volume, time: this.now(), uid: volume.readOnly ? ROOT_ID : USER_ID };
  }

  attach(directory: DirectoryInode, name: string, inode: Inode, moved = false): void {
    this.copyUp(directory, false);
    this.link(directory, name, inode);
    const now = this.now();
    directory.mtime = directory.ctime = inode.ctime = now;
    this.tell({ type: 'added', directory, name, inode, moved });
  }

  /** `attach` without times and without telling anybody: what was there already. */
  link(directory: DirectoryInode, name: string, inode: Inode): void {
    directory.entries.set(name, inode);
    directory.whiteouts.delete(name);
    inode.dentries.push({ directory, name });
    if (inode instanceof DirectoryInode) directory.subdirectories++;
  }

  detach(directory: DirectoryInode, name: string, moved = false, replaced = false): void {
    const inode = directory.entries.get(name);
    if (inode === undefined) return;
    this.copyUp(directory, false);
    this.unlink(directory, name, inode);
    directory.mtime = directory.ctime = inode.ctime = this.now();
    this.tell({ type: 'removed', directory, name, inode, moved, replaced });
    if (!moved) this.release(inode);
  }

  unlink(directory: DirectoryInode, name: string, inode: Inode): void {
    directory.entries.delete(name);
    if (directory.ino >= PACKED_INOS) directory.whiteouts.add(name);
    inode.dentries = inode.dentries.filter((dentry) => dentry.directory !== directory || dentry.name !== name);
    if (inode instanceof DirectoryInode) directory.subdirectories--;
  }

  /** Frees what has neither a name nor a descriptor. */
  release(inode: Inode): void {
    if (inode instanceof FileInode && inode.dentries.length === 0 && inode.opened === 0) inode.content.free();
  }

  /** Gives a subtree that has moved the volume of where it is. */
  rehome(inode: Inode, volume: Volume): void {
    if (inode.volume === volume) return;
    inode.volume = volume;
    if (inode instanceof DirectoryInode) for (const child of inode.entries.values()) this.rehome(child, volume);
  }

  /** Makes what is in a pack independent of it, before it changes; `deep` all below too. @throws {NotLoaded} */
  copyUp(inode: Inode, deep: boolean): void {
    if (deep && inode instanceof DirectoryInode) for (const child of entriesOf(inode).values()) this.copyUp(child, true);
    if (!inode.packed) return;
    if (inode instanceof FileInode) inode.content.adopt();
    inode.packed = false;
    this.tell({ type: 'copied-up', inode });
  }

  attributesChanged(inode: Inode): void {
    inode.ctime = this.now();
    this.tell({ type: 'attributes', inode });
  }

  write(inode: FileInode, bytes: Uint8Array, offset: number): void {
    this.copyUp(inode, false);
    const from = Math.min(inode.content.size, offset);
    inode.content.write(bytes, offset);
    this.dataChanged(inode, from, offset + bytes.length);
  }

  truncate(inode: FileInode, size: number): void {
    this.copyUp(inode, false);
    const from = Math.min(inode.content.size, size);
    inode.content.truncate(size);
    this.dataChanged(inode, from, size);
  }

  /** The whole content at once; `bytes` belongs to the file from here on. */
  replace(inode: FileInode, bytes: Uint8Array<ArrayBuffer>): void {
    this.copyUp(inode, false);
    inode.content.replace(bytes);
    this.dataChanged(inode, 0, bytes.length);
  }

  private dataChanged(inode: FileInode, from: number, to: number): void {
    inode.mtime = inode.ctime = this.now();
    inode.version++;
    this.tell({ type: 'data', inode, from, to });
  }

  /** Absolute path of a directory; undefined when it has been removed. */
  pathOf(inode: Inode): string | undefined {
    const names: string[] = [];
    let at: Inode = inode;
    while (at !== this.root) {
      const dentry: Inode['dentries'][number] | undefined = at.dentries[0];
      if (dentry === undefined) return undefined;
      names.push(dentry.name);
      at = dentry.directory;
    }
    return `/${names.reverse().join('/')}`;
  }
}
