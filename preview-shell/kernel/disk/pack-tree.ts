/** One mounted pack: its files as inodes, made when somebody first looks inside. */
import { parsePack, type PackFile, type PackMount } from '../../../shared/pack/format.ts';
import type { PackedRange } from '../descriptors/open-file.ts';
import { Content, type ContentSource } from './content.ts';
import { DirectoryInode, FileInode, PACKED_INOS, type Inode } from './inode.ts';
import type { Space } from './space.ts';
import type { Tree } from './tree.ts';
import { MAIN_VOLUME } from './volume.ts';

/** Inode numbers of one mount: its root, its files in the pack's order, its directories in the order of their first file. */
const INOS_PER_MOUNT = 2 ** 20;
const FIRST_DIRECTORY = 2 ** 19;

export interface Mounted {
  readonly mount: PackMount;
  /** Absolute. */
  readonly path: string;
  readonly projectRoot: string;
  /** Never used twice: gives the inode numbers. */
  readonly serial: number;
  /** Milliseconds since the epoch: the time of its files. */
  readonly time: number;
  readonly root: DirectoryInode;
}

export function rootIno(serial: number): number {
  return PACKED_INOS + serial * INOS_PER_MOUNT;
}

export function serialOf(ino: number): number {
  return Math.floor((ino - PACKED_INOS) / INOS_PER_MOUNT);
}

/** A file of a pack that nothing has been written over. */
export class PackFileSource implements ContentSource {
  readonly size: number;
  readonly pack: string;
  /** Place in the pack of what was computed of its code when the pack was made (shared/module-code/facts.ts). */
  readonly facts: PackedRange | undefined;
  private readonly bytes: SharedArrayBuffer;
  private readonly start: number;

  constructor(pack: string, bytes: SharedArrayBuffer, dataStart: number, file: PackFile) {
    this.pack = pack;
    this.bytes = bytes;
    this.start = dataStart + file.o;
    this.size = file.s;
    this.facts = file.k && { pack, offset: dataStart + file.k[0], length: file.k[1] };
  }

  load(): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(this.size);
    copy.set(this.view(0, this.size));
    return copy;
  }

  view(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.bytes, this.start + offset, length);
  }

  range(offset: number, length: number) {
    return { pack: this.pack, offset: this.start + offset, length };
  }
}

/** Puts the pack's files below `mounted.root`. What is there already wins; `kept` are inodes of this pack that differ from it. */
export function fillFromPack(tree: Tree, mounted: Mounted, bytes: SharedArrayBuffer, kept: ReadonlyMap<number, Inode>): void {
  new Filler(tree, mounted, bytes, kept).run();
}

class Filler {
  private readonly tree: Tree;
  private readonly mounted: Mounted;
  private readonly bytes: SharedArrayBuffer;
  private readonly kept: ReadonlyMap<number, Inode>;
  private readonly base: number;
  /** By path inside the pack; null where the upper layer hides it. */
  private readonly directories = new Map<string, DirectoryInode | null>();
  private directoryCount = 0;

  constructor(tree: Tree, mounted: Mounted, bytes: SharedArrayBuffer, kept: ReadonlyMap<number, Inode>) {
    this.tree = tree;
    this.mounted = mounted;
    this.bytes = bytes;
    this.kept = kept;
    this.base = rootIno(mounted.serial);
    this.directories.set('', mounted.root);
  }

  run(): void {
    const { header, dataStart } = parsePack(new Uint8Array(this.bytes));
    const executables = new Set(Object.values(this.mounted.mount.bin ?? {}).map((path) => path.replace(/^\.\//, '')));
    for (const [index, file] of header.files.entries()) {
      const slash = file.p.lastIndexOf('/');
      const directory = this.directory(slash < 0 ? '' : file.p.slice(0, slash));
      const name = file.p.slice(slash + 1);
      if (directory === null || hidden(directory, name)) continue;
      const mode = (file.m ?? 0o644) | (executables.has(file.p) ? 0o111 : 0);
      this.tree.link(directory, name, this.kept.get(this.base + 1 + index) ?? this.file(index, mode, dataStart, file));
    }
  }

  private file(index: number, mode: number, dataStart: number, file: PackFile): FileInode {
    const source = new PackFileSource(this.mounted.mount.pack, this.bytes, dataStart, file);
    return packed(new FileInode(this.init(this.base + 1 + index, mode), new Content(this.space, file.s === 0 ? undefined : source)));
  }

  private directory(path: string): DirectoryInode | null {
    const known = this.directories.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const parent = this.directory(slash < 0 ? '' : path.slice(0, slash));
    // Counted also where it is hidden: the numbers of the others must not depend on what was removed.
    const ino = this.base + FIRST_DIRECTORY + this.directoryCount++;
    const made = parent === null ? null : this.childDirectory(parent, path.slice(slash + 1), ino);
    this.directories.set(path, made);
    return made;
  }

  private childDirectory(parent: DirectoryInode, name: string, ino: number): DirectoryInode | null {
    const existing = parent.entries.get(name);
    if (existing instanceof DirectoryInode) return existing;
    if (hidden(parent, name)) return null;
    const kept = this.kept.get(ino);
    const inode = kept instanceof DirectoryInode ? kept : packed(new DirectoryInode(this.init(ino, 0o755)));
    this.tree.link(parent, name, inode);
    return inode;
  }

  private init(ino: number, permissions: number) {
    return { ino, permissions, volume: MAIN_VOLUME, time: this.mounted.time };
  }

  private get space(): Space {
    return this.tree.space;
  }
}

const hidden = (directory: DirectoryInode, name: string): boolean => directory.entries.has(name) || directory.whiteouts.has(name);

function packed<T extends Inode>(inode: T): T {
  inode.packed = true;
  return inode;
}
