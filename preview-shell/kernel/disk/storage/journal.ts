/** Keeps a disk's own files in storage: notes what has changed and writes it behind. Rules: ../SPEC.md, DK-P*. */
import { SysError } from '../../../abi/errno.ts';
import type { Disk } from '../disk.ts';
import { DirectoryInode, FileInode, PACKED_INOS, ROOT_INO, SymlinkInode, type Inode } from '../inode.ts';
import type { TreeChange } from '../tree.ts';
import { BLOCK_BYTES, type Place, type StorageBackend } from './backend.ts';
import { GONE, HIDDEN, type Batch, type InodeRecord, type StoredTree } from './records.ts';

/** A change is written when no other has followed it for so long: writing blocks the kernel, which an edit's hot reload is waiting for just then. */
const QUIET_MS = 150;
/** And at the latest after so long. */
const WRITE_BEHIND_MS = 600;
/** Storage that was refused is asked for again after so long. */
const RETRY_MS = 5000;
/** Batches beyond this many bytes are replaced by a snapshot. */
const SNAPSHOT_BYTES = 2 * 1024 * 1024;
/** Blocks written since the last look for dead ones. */
const COMPACT_BYTES = 48 * 1024 * 1024;
/** Blocks that are moved by one commit. */
const MOVE_BYTES = 4 * 1024 * 1024;

interface BlockWrite {
  readonly inode: FileInode;
  readonly index: number;
}

export class Journal {
  private readonly disk: Disk;
  private readonly backend: StorageBackend;
  private readonly inodes = new Set<Inode>();
  private readonly names = new Map<DirectoryInode, Set<string>>();
  /** Blocks of each file that differ from storage. */
  private readonly data = new Map<FileInode, Set<number>>();
  private mountsChanged = false;
  /** What is in storage: the blocks of each inode. */
  private readonly stored = new Map<number, Place[]>();
  /** No longer kept, but still read from storage: open without a name, or moved to where nothing is kept. */
  private readonly orphans = new Map<FileInode, Place[]>();
  private compactedBytes: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** `performance.now()` of the first and of the last change that wait. */
  private readonly waiting = { first: 0, last: 0 };
  private running: Promise<void> | undefined;
  private readonly onFull: (full: boolean) => void;
  private full = false;

  constructor(disk: Disk, backend: StorageBackend, stored: StoredTree, onFull: (full: boolean) => void) {
    this.disk = disk;
    this.backend = backend;
    this.onFull = onFull;
    this.compactedBytes = 0;
    // The same lists that the restored contents read by: moving blocks changes both.
    for (const { i, x } of stored.inodes.values()) this.stored.set(i, (x as Place[] | undefined) ?? []);
    for (const places of this.stored.values()) for (const [, , length] of places) this.compactedBytes += length;
    disk.tree.observe((change) => this.observe(change));
    disk.layers.onChange = () => {
      this.mountsChanged = true;
      this.schedule();
    };
    disk.storage = this;
  }

  private observe(change: TreeChange): void {
    switch (change.type) {
      case 'added':
      case 'removed': this.named(change.directory, change.name, change.inode, change.moved); break;
      case 'data': this.touched(change.inode, change.from, change.to); break;
      case 'copied-up': if (change.inode instanceof FileInode) this.touched(change.inode, 0, change.inode.content.size); break;
      case 'attributes': break;
      case 'written': return;
    }
    if ('inode' in change) this.inodes.add(change.inode);
    this.schedule();
  }

  private named(directory: DirectoryInode, name: string, inode: Inode, moved: boolean): void {
    const names = this.names.get(directory) ?? new Set();
    this.names.set(directory, names.add(name));
    this.inodes.add(directory);
    // A tree that moves into or out of what is kept takes all below it along.
    if (moved && inode instanceof DirectoryInode && this.stored.has(inode.ino) !== inode.volume.persistent) this.subtree(inode);
    if (inode instanceof FileInode && !this.stored.has(inode.ino)) this.touched(inode, 0, inode.content.size);
  }

  private subtree(directory: DirectoryInode): void {
    for (const [name, child] of directory.entries) {
      this.named(directory, name, child, false);
      this.inodes.add(child);
      if (child instanceof DirectoryInode) this.subtree(child);
    }
  }

  private touched(inode: FileInode, from: number, to: number): void {
    const blocks = this.data.get(inode) ?? new Set<number>();
    this.data.set(inode, blocks);
    for (let index = Math.floor(from / BLOCK_BYTES); index * BLOCK_BYTES < Math.max(to, from + 1); index++) blocks.add(index);
  }

  private schedule(): void {
    this.waiting.last = performance.now();
    if (this.timer !== undefined) return;
    this.waiting.first = this.waiting.last;
    this.writeIn(QUIET_MS);
  }

  private writeIn(delay: number): void {
    this.timer = setTimeout(() => {
      const { first, last } = this.waiting;
      const left = Math.min(last + QUIET_MS, first + WRITE_BEHIND_MS) - performance.now();
      if (left > 1) return this.writeIn(left);
      this.timer = undefined;
      // A failure is told through `onFull`, and whoever asks with `flush` gets it too.
      void this.flush().catch(() => undefined);
    }, delay);
  }

  /** Resolves when all changes made before the call are durable. @throws {SysError} ENOSPC, EIO */
  async flush(): Promise<void> {
    while (this.running !== undefined) await this.running.catch(() => undefined);
    if (this.inodes.size === 0 && this.names.size === 0 && !this.mountsChanged) return;
    this.running = this.write().finally(() => { this.running = undefined; });
    await this.running;
  }

  private async write(): Promise<void> {
    const taken = { inodes: [...this.inodes], names: [...this.names], data: [...this.data], mounts: this.mountsChanged };
    this.clear();
    const { blocks, writes } = this.collectBlocks(taken.data);
    let batch: Batch | undefined;
    try {
      await this.backend.commit(blocks, (places) => {
        batch = this.batch(taken.inodes, taken.names, taken.mounts, writes, places);
        return JSON.stringify(batch);
      });
    } catch (error) {
      this.putBack(taken);
      this.setFull(true);
      setTimeout(() => this.schedule(), RETRY_MS);
      throw error instanceof SysError ? error : new SysError('ENOSPC', String(error));
    }
    if (batch !== undefined) this.remember(batch);
    this.setFull(false);
    await this.tidy();
  }

  private clear(): void {
    this.inodes.clear();
    this.names.clear();
    this.data.clear();
    this.mountsChanged = false;
  }

  private putBack(taken: { inodes: Inode[]; names: [DirectoryInode, Set<string>][]; data: [FileInode, Set<number>][]; mounts: boolean }): void {
    for (const inode of taken.inodes) this.inodes.add(inode);
    for (const [directory, names] of taken.names) this.names.set(directory, names.union(this.names.get(directory) ?? new Set()));
    for (const [inode, blocks] of taken.data) this.data.set(inode, blocks.union(this.data.get(inode) ?? new Set()));
    this.mountsChanged ||= taken.mounts;
  }

  private setFull(full: boolean): void {
    if (this.full === full) return;
    this.full = full;
    this.disk.tree.space.setFull(full);
    this.onFull(full);
  }

  private collectBlocks(data: readonly (readonly [FileInode, Set<number>])[]): { blocks: Uint8Array[]; writes: BlockWrite[] } {
    const blocks: Uint8Array[] = [];
    const writes: BlockWrite[] = [];
    for (const [inode, indexes] of data) {
      if (!kept(inode)) continue;
      for (const index of indexes) {
        const bytes = inode.content.read(index * BLOCK_BYTES, BLOCK_BYTES);
        if (bytes.length === 0) continue;
        blocks.push(bytes);
        writes.push({ inode, index });
      }
    }
    return { blocks, writes };
  }

  private batch(inodes: readonly Inode[], names: readonly (readonly [DirectoryInode, Set<string>])[], mounts: boolean, writes: readonly BlockWrite[], places: readonly Place[]): Batch {
    const changed = new Map<FileInode, Place[]>();
    for (const [i, { inode, index }] of writes.entries()) {
      const list = changed.get(inode) ?? [...(this.stored.get(inode.ino) ?? [])];
      changed.set(inode, list);
      const place = places[i];
      if (place !== undefined) list[index] = place;
    }
    const batch: Batch = { inodes: [], gone: [], names: [] };
    for (const inode of inodes) {
      if (kept(inode)) batch.inodes.push(this.record(inode, inode instanceof FileInode ? changed.get(inode) : undefined));
      else if (this.stored.has(inode.ino) && !inode.packed) {
        batch.gone.push(inode.ino);
        if (inode instanceof FileInode) this.orphans.set(inode, this.stored.get(inode.ino) ?? []);
      }
    }
    for (const [directory, changedNames] of names) if (kept(directory)) for (const name of changedNames) batch.names.push(nameRecord(directory, name));
    return mounts ? { ...batch, mounts: this.disk.layers.table } : batch;
  }

  private record(inode: Inode, places: Place[] | undefined): InodeRecord {
    const at = [inode.atime, inode.mtime, inode.ctime, inode.birthtime] as const;
    const common = { i: inode.ino, m: inode.permissions, u: inode.uid, at };
    if (inode instanceof SymlinkInode) return { ...common, t: 'l', l: inode.target };
    if (!(inode instanceof FileInode)) return { ...common, t: 'd' };
    const { size } = inode.content;
    const blocks = (places ?? this.stored.get(inode.ino) ?? []).slice(0, Math.ceil(size / BLOCK_BYTES));
    return { ...common, t: 'f', s: size, x: blocks };
  }

  private remember(batch: Batch): void {
    for (const { i, x } of batch.inodes) {
      const places = this.stored.get(i) ?? [];
      places.splice(0, places.length, ...(x ?? []));
      this.stored.set(i, places);
    }
    for (const ino of batch.gone) this.stored.delete(ino);
  }

  private *live(): Iterable<Place> {
    for (const places of this.stored.values()) yield* places;
    for (const [inode, places] of this.orphans) {
      const inUse = inode.content.source !== undefined && (inode.opened > 0 || inode.dentries.length > 0);
      if (inUse) yield* places;
      else this.orphans.delete(inode);
    }
  }

  /** Compacts when the journal is long, or when enough blocks were written for some to be dead. */
  private async tidy(): Promise<void> {
    const { batchBytes, blockBytes } = this.backend;
    if (batchBytes > SNAPSHOT_BYTES || blockBytes - this.compactedBytes > COMPACT_BYTES) await this.compact();
  }

  /** Writes everything anew in its shortest form. */
  async compact(): Promise<void> {
    await this.moveOut(this.backend.sparse(this.live()));
    await this.backend.snapshot(JSON.stringify(this.everything()), this.live());
    this.compactedBytes = this.backend.blockBytes;
  }

  /** Writes the live blocks of `segments` again, elsewhere. */
  private async moveOut(segments: ReadonlySet<number>): Promise<void> {
    if (segments.size === 0) return;
    let group: Place[][] = [];
    let bytes = 0;
    for (const places of [...this.stored.values(), ...this.orphans.values()]) {
      if (!places.some(([segment]) => segments.has(segment))) continue;
      group.push(places);
      bytes += places.reduce((sum, [, , length]) => sum + length, 0);
      if (bytes < MOVE_BYTES) continue;
      await this.rewrite(group);
      group = [];
      bytes = 0;
    }
    await this.rewrite(group);
  }

  private async rewrite(files: readonly Place[][]): Promise<void> {
    const old = files.flat();
    const blocks = await Promise.all(old.map(async (place) => this.backend.read(place)));
    await this.backend.commit(blocks, (moved) => {
      let at = 0;
      // In place: sources that read from storage hold the same lists.
      for (const places of files) places.splice(0, places.length, ...moved.slice(at, (at += places.length)));
      return JSON.stringify({ inodes: [], gone: [], names: [] } satisfies Batch);
    });
  }

  /** The tree as it is in storage: changes not yet written stay noted and come with the next batch. */
  private everything(): Batch {
    const batch: Batch = { inodes: [], gone: [], names: [], mounts: this.disk.layers.table };
    const seen = new Set<Inode>();
    // What lies in a pack that nobody has looked into has no name yet.
    const visit = (inode: Inode, unnamed: boolean): void => {
      if (seen.has(inode)) return;
      seen.add(inode);
      const keep = unnamed || kept(inode);
      if (this.stored.has(inode.ino) && keep) batch.inodes.push(this.storedRecord(inode));
      if (!(inode instanceof DirectoryInode)) return;
      for (const [name, child] of inode.entries) {
        if (keep && this.stored.has(child.ino) && !child.packed) batch.names.push([inode.ino, name, child.ino]);
        visit(child, false);
      }
      if (keep) for (const name of inode.whiteouts) batch.names.push([inode.ino, name, HIDDEN]);
    };
    visit(this.disk.tree.root, false);
    for (const inode of this.disk.layers.unvisited(seen)) visit(inode, true);
    return batch;
  }

  private storedRecord(inode: Inode): InodeRecord {
    const record = this.record(inode, this.stored.get(inode.ino));
    const places = record.x;
    // A file whose newest bytes are still to come keeps the size that its stored blocks have.
    return places === undefined || !this.data.has(inode as FileInode) ? record : { ...record, s: places.reduce((sum, [, , length]) => sum + length, 0) };
  }
}

function nameRecord(directory: DirectoryInode, name: string): readonly [number, string, number] {
  const inode = directory.entries.get(name);
  if (inode !== undefined && inode.volume.persistent && !inode.packed) return [directory.ino, name, inode.ino];
  return [directory.ino, name, inode === undefined && directory.ino >= PACKED_INOS ? HIDDEN : GONE];
}

/** Has a name in the part of the tree that is kept, and is not just what its pack says. */
function kept(inode: Inode): boolean {
  if (!inode.volume.persistent || inode.packed) return false;
  return inode.ino === ROOT_INO || inode.dentries.some(({ directory }) => directory.volume.persistent);
}
