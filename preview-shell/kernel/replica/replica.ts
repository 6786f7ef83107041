import { SysError } from '../../abi/errno.ts';
import { REPLICA_VERSION, type Content, type FromReplica, type ToReplica } from '../../../shared/protocol/replica.ts';
import { isProjectPath } from '../../../shared/document/project-path.ts';
import { O_CREAT, O_WRONLY } from '../disk/constants.ts';
import { whenLoaded, type Disk } from '../disk/index.ts';
import { FileInode } from '../disk/inode.ts';
import { mkdirp, rename, unlink } from '../disk/names.ts';
import { DiskFile } from '../disk/open-disk-file.ts';
import type { Revision } from '../disk/read-record.ts';
import type { TreeChange } from '../disk/tree.ts';
import { copyOf } from '../disk/whole-files.ts';
import { bytesOf, contentOf, hashOf } from './content.ts';
import { AgreementJournal } from './journal.ts';
import { readMessage } from './messages.ts';
import { MovedNames } from './moved-names.ts';
import { Origins } from './origins.ts';
import { ignoreRules, projectFiles, type Ignored } from './project-files.ts';
import { Results, type Result } from './results.ts';
import { Revisions } from './revisions.ts';

/** Programs write in several steps: a file is looked at when it was closed, or after this long. */
const SETTLE_MS = 20;
const OPEN_FILE_MS = 1000;

interface Known {
  inode: FileInode;
  hash: string;
}

/** A content as it was found. */
interface Found {
  hash: string;
  version: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The disk's end of the replica protocol (shared/protocol/replica.ts). */
export class Replica {
  private readonly disk: Disk;
  private readonly root: string;
  private readonly base: { cwd: string; umask: number };
  private readonly tell: (message: FromReplica) => void;
  private readonly journal: AgreementJournal;
  private readonly revisions = new Revisions();
  private readonly results: Results;
  private readonly origins = new Origins();
  private readonly names: MovedNames;
  private ignored: Ignored;
  /** What the page knows of the disk. */
  private readonly known = new Map<string, Known>();
  /** Files that were written to, and whether whoever wrote is done. */
  private readonly dirty = new Map<FileInode, { done: boolean; since: number }>();
  private readonly stop: () => void;
  private watching = false;
  /** While it is the replica itself that writes. */
  private bringing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private queue: Promise<void> = Promise.resolve();

  private constructor(disk: Disk, root: string, tell: (message: FromReplica) => void, journal: AgreementJournal) {
    this.disk = disk;
    this.root = root;
    this.base = { cwd: root, umask: 0o022 };
    this.tell = tell;
    this.journal = journal;
    this.results = new Results(root);
    this.names = new MovedNames(journal, this.origins, (path) => this.known.has(path));
    this.ignored = ignoreRules(disk, root);
    this.stop = disk.tree.observe((change) => this.observe(change));
  }

  static async open(disk: Disk, root: string, tell: (message: FromReplica) => void): Promise<Replica> {
    return new Replica(disk, root, tell, await AgreementJournal.open(disk));
  }

  /** One line of the page's. */
  receive(line: string): void {
    const read = readMessage(line);
    // One after another: each sees what the one before has done.
    this.queue = this.queue.then(() => ('message' in read ? this.handle(read.message) : this.tell(read.refusal)));
  }

  close(): void {
    this.stop();
    clearTimeout(this.timer);
  }

  private observe(change: TreeChange): void {
    const path = change.type === 'attributes' ? undefined : this.pathOf(change);
    if ('moved' in change && change.moved && !this.bringing) this.names.observe(change.type, path, change.inode);
    if (path === undefined) return;
    if (change.inode instanceof FileInode) this.observeFile(change.type, path, change.inode, 'moved' in change && change.moved);
    this.schedule(SETTLE_MS);
  }

  private observeFile(type: TreeChange['type'], path: string, inode: FileInode, moved: boolean): void {
    if (!this.bringing && (type === 'data' || type === 'removed')) this.diverging(path, inode, type === 'data');
    if (type === 'removed' && moved) this.results.lift(path, inode);
    // Names alone say nothing of the content, except that a new file is being written.
    if (type !== 'removed' && !(type === 'added' && moved)) this.dirty.set(inode, { done: type === 'written', since: Date.now() });
    if (!this.bringing && (type === 'written' || (type === 'added' && moved))) this.left(path, inode);
  }

  /** From the project's root; undefined outside of it. */
  private pathOf(change: TreeChange): string | undefined {
    const { tree } = this.disk;
    const path = 'directory' in change ? `${tree.pathOf(change.directory) ?? ''}/${change.name}` : tree.pathOf(change.inode);
    return path?.startsWith(`${this.root}/`) === true ? path.slice(this.root.length + 1) : undefined;
  }

  /** A program has closed a file, or given it a name: a crash from here on keeps it, as a change of what that program had read. */
  private left(path: string, inode: FileInode): void {
    if (!this.known.has(path) && this.ignored(path)) return;
    const before = this.latest(path, inode);
    const result = this.results.add(path, inode);
    if (result !== undefined) this.noteResult(path, result, before);
    this.journal.end(path);
  }

  /** Others may read it, and write what they make of it, before it is told. */
  private noteResult(path: string, { inode, version, bytes, read }: Result, before: string | undefined): void {
    const hash = hashOf(bytes);
    const revision = (read === undefined ? undefined : this.revisions.hashOf(read)) ?? before ?? null;
    inode.followed = true;
    this.revisions.note(inode, version, hash, bytes);
    this.noteOrigin(path, hash, revision);
    if (this.journal.agreed(path).length === 0 || revision === null) return;
    const origin = this.origins.of(path, hash);
    if (origin !== hash) this.journal.diverge(path, origin, this.revisions.bytes(origin));
  }

  private noteOrigin(path: string, hash: string, revision: string | null): void {
    this.origins.note(path, hash, this.journal.agreed(path).includes(hash) ? null : revision);
  }

  /** The hash of what is at a path, told or not. */
  private latest(path: string, inode: FileInode | undefined): string | undefined {
    const last = this.results.last(path);
    return last === undefined ? (inode === undefined ? this.known.get(path) : this.knownOf(path, inode))?.hash : hashOf(last);
  }

  /** A program begins to change a file: in the same turn it is noted what it is a change of, so that a crash does not take that away. */
  private diverging(path: string, inode: FileInode, writes: boolean): void {
    const state = this.dirty.get(inode);
    if (state !== undefined && !state.done) return;
    const known = this.knownOf(path, inode)?.hash;
    const bytes = known === undefined ? undefined : this.revisions.bytes(known);
    if (known !== undefined && this.journal.base(path) === null && this.journal.agreed(path).includes(known)) this.journal.diverge(path, known, bytes);
    const before = this.results.last(path) ?? bytes;
    if (writes && before !== undefined) this.journal.begin(path, hashOf(before), before);
  }

  /** What the page knows of a file, under its old name where the page has not been told of the new one. */
  private knownOf(path: string, inode: FileInode): Known | undefined {
    const before = this.names.toldNameOf(path);
    const moved = before === undefined ? undefined : this.known.get(before);
    return moved?.inode === inode ? moved : this.known.get(path);
  }

  private async handle(message: ToReplica): Promise<void> {
    try {
      switch (message.t) {
        case 'hello': return await this.welcome();
        case 'read': return this.tell({ t: 'content', id: message.id, content: await this.contentAt(message.path) });
        case 'revision': return this.tell({ t: 'content', id: message.id, content: await this.revision(message.hash) });
        case 'put': return await this.put(message);
        case 'remove': return await this.remove(message);
        case 'move': return await this.move(message);
        case 'taken': return this.taken(message);
        case 'watch':
          this.watching = true;
          return this.schedule(0);
      }
    } catch (error) {
      this.tell({ t: 'failed', id: 'id' in message ? message.id : null, code: error instanceof SysError ? error.code : 'EIO', message: error instanceof Error ? error.message : String(error) });
    }
  }

  private async welcome(): Promise<void> {
    await this.restore();
    // What programs do from here on is looked at after it.
    this.dirty.clear();
    const files = projectFiles(this.disk, this.root, this.ignored, this.journal.paths());
    for (const [path, inode] of files) await this.learn(path, inode);
    this.tell({
      t: 'welcome', v: REPLICA_VERSION,
      files: [...this.known].map(([path, { hash }]) => ({ path, hash, ...this.notedOf(path) })),
      gone: this.journal.paths().filter((path) => !this.known.has(path)).map((path) => ({ path, agreed: this.journal.agreed(path) })),
    });
  }

  private notedOf(path: string): { agreed: string[]; base: string | null; from?: string } {
    const from = this.journal.movedFrom(path);
    if (from === null) return { agreed: this.journal.agreed(path), base: this.journal.base(path) };
    // A name that another file has taken: that is the file with another content, and this one is new.
    return this.known.has(from) ? { agreed: [], base: null } : { agreed: this.journal.agreed(path), base: this.journal.base(path), from };
  }

  /** What a crash found half written is as it was before; what the program would have written nobody has. */
  private async restore(): Promise<void> {
    for (const [path, revision] of this.journal.halfWritten()) {
      const bytes = await whenLoaded(() => this.journal.revision(revision));
      if (bytes !== undefined && (await this.fileAt(path)) !== undefined) this.write(path, new Uint8Array(bytes), 0o644);
      this.journal.end(path);
      if (this.journal.agreed(path).includes(revision)) this.journal.settle(path, revision);
    }
  }

  /** The document has it. What a program has written since, told or not, is a change of what that had read. */
  private taken({ path, hash }: Extract<ToReplica, { t: 'taken' }>): void {
    if (hash === null) return this.journal.settle(path, null);
    this.journal.named(path);
    this.origins.note(path, hash, null);
    const latest = this.latest(path, undefined);
    if (latest === hash) return this.journal.settle(path, hash);
    // It is late.
    if (latest !== undefined && this.journal.base(path) === null && this.journal.agreed(path).includes(latest)) return;
    const origin = latest === undefined ? hash : this.origins.of(path, latest);
    this.journal.diverge(path, origin, this.revisions.bytes(origin), { agreed: hash });
  }

  private async revision(hash: string): Promise<Content | null> {
    const bytes = this.revisions.bytes(hash) ?? (await whenLoaded(() => this.journal.revision(hash)));
    return bytes === undefined ? null : contentOf(bytes);
  }

  private async put({ id, path, base, hash, content, mode, over }: Extract<ToReplica, { t: 'put' }>): Promise<void> {
    this.assertPath(path);
    await this.changeAt([[path, base]], id, () => {
      if (over === undefined) this.journal.expect(path, hash);
      else if (over !== null) {
        this.origins.note(path, over.hash, null);
        // Programs may go on changing what they have read before this: it is a change of that.
        const bytes = bytesOf({ text: over.text });
        this.revisions.keep(over.hash, bytes);
        this.journal.diverge(path, over.hash, bytes, { agreed: over.hash });
      }
      this.write(path, bytesOf(content), mode ?? 0o644);
      this.note(path, hash);
      if (over === undefined) this.journal.settle(path, hash);
    });
  }

  /** All of it or, on a full disk, nothing. @throws {SysError} ENOSPC */
  private write(path: string, bytes: Uint8Array<ArrayBuffer>, mode: number): void {
    const at = `${this.root}/${path}`;
    if (path.includes('/')) mkdirp(this.disk, at.slice(0, at.lastIndexOf('/')), 0o777, this.base);
    const isNew = this.disk.find(at, this.base) === undefined;
    this.bringing = true;
    const file = this.disk.open(at, O_WRONLY | O_CREAT, mode, this.base);
    try {
      if (!(file instanceof DiskFile)) throw new SysError('EINVAL', path);
      this.disk.tree.replace(file.inode, bytes);
      file.markWritten();
    } catch (error) {
      if (isNew) unlink(this.disk, at, this.base);
      throw error;
    } finally {
      file.release();
      this.bringing = false;
    }
  }

  private async remove({ id, path, base }: Extract<ToReplica, { t: 'remove' }>): Promise<void> {
    this.assertPath(path);
    await this.changeAt([[path, base]], id, () => {
      this.bring(() => unlink(this.disk, `${this.root}/${path}`, this.base));
      this.known.delete(path);
      this.journal.settle(path, null);
    });
  }

  private async move({ id, from, to, base }: Extract<ToReplica, { t: 'move' }>): Promise<void> {
    this.assertPath(from);
    this.assertPath(to);
    await this.changeAt([[from, base], [to, null]], id, () => {
      const at = `${this.root}/${to}`;
      if (to.includes('/')) mkdirp(this.disk, at.slice(0, at.lastIndexOf('/')), 0o777, this.base);
      const kept = this.journal.base(from);
      if (kept === null) this.journal.expect(to, base);
      else this.journal.diverge(to, kept, this.journal.revision(kept), { agreed: kept });
      this.origins.moved(from, to);
      this.journal.movedByPage(from, to);
      this.bring(() => rename(this.disk, `${this.root}/${from}`, at, this.base));
      this.known.delete(from);
      this.note(to, base);
      this.journal.settle(from, null);
      if (kept === null) this.journal.settle(to, base);
    });
  }

  private bring(change: () => void): void {
    this.bringing = true;
    try {
      change();
    } finally {
      this.bringing = false;
    }
  }

  /**
   * Makes a change where the files are what the page takes them to be, in the same turn in which that is seen: programs run between turns.
   * Tells what they are when they are not.
   */
  private async changeAt(expected: readonly (readonly [path: string, base: string | null])[], id: number, change: () => void): Promise<void> {
    const other = await whenLoaded(() => {
      const found = expected.find(([path, base]) => this.hashAt(path) !== base);
      if (found === undefined) change();
      return found;
    });
    if (other === undefined) return this.tell({ t: 'done', id });
    await this.look();
    const [path] = other;
    const inode = this.inodeAt(path);
    // One that an ignore rule names, and that the page asks for by its name.
    if (inode !== undefined && !this.known.has(path)) await this.compare(path, inode);
    this.tell({ t: 'refused', id });
  }

  /** null where there is no file. @throws {SysError} EBUSY: half of what a program is about to write is nothing to merge. @throws {NotLoaded} */
  private hashAt(path: string): string | null {
    const inode = this.inodeAt(path);
    if (inode !== undefined && this.isOpen(inode)) throw new SysError('EBUSY', path);
    return inode === undefined ? null : hashOf(copyOf(inode));
  }

  /** What the replica itself has written. */
  private note(path: string, hash: string): void {
    const inode = this.disk.lookup(`${this.root}/${path}`, this.base);
    if (!(inode instanceof FileInode)) return;
    inode.writer = undefined;
    this.accept(path, inode, { hash, version: inode.version, bytes: copyOf(inode) });
    this.noteOrigin(path, hash, this.journal.base(path));
    this.dirty.delete(inode);
  }

  private async learn(path: string, inode: FileInode): Promise<Found> {
    const found = await this.snapshot(inode);
    const base = this.journal.base(path);
    const bytes = base === null ? undefined : await whenLoaded(() => this.journal.revision(base));
    if (base !== null && bytes !== undefined) this.revisions.keep(base, bytes);
    this.accept(path, inode, found);
    this.noteOrigin(path, found.hash, this.journal.base(path));
    return found;
  }

  private accept(path: string, inode: FileInode, { hash, version, bytes }: Found): void {
    inode.followed = true;
    this.known.set(path, { inode, hash });
    this.revisions.note(inode, version, hash, bytes);
  }

  private async snapshot(inode: FileInode): Promise<Found> {
    const { bytes, version } = await whenLoaded(() => ({ bytes: copyOf(inode), version: inode.version }));
    return { bytes, version, hash: hashOf(bytes) };
  }

  private schedule(ms: number): void {
    if (!this.watching) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.queue = this.queue.then(() => this.look()).catch(() => undefined);
    }, ms);
  }

  /** Compares the disk with what the page knows of it, and tells the differences. */
  private async look(): Promise<void> {
    this.ignored = ignoreRules(this.disk, this.root);
    const files = projectFiles(this.disk, this.root, this.ignored, this.known.keys());
    this.results.forgetAllBut(files);
    const pathOf = new Map([...files].map(([path, inode]) => [inode, path]));
    // Also of one that was replaced by a new file before.
    const nameOf = this.names.take(files);
    for (const [path, { inode, hash }] of this.known) {
      if (files.has(path)) continue;
      const to = pathOf.get(inode) ?? nameOf.get(path);
      this.known.delete(path);
      // A file under a new name; what took an old name is that file with another content, and is looked at below.
      if (to !== undefined && !this.known.has(to)) {
        this.tell({ t: 'moved', from: path, to });
        this.known.set(to, { inode, hash });
      } else this.tell({ t: 'removed', path });
    }
    for (const [path, inode] of files) await this.compare(path, inode);
  }

  private async compare(path: string, inode: FileInode): Promise<void> {
    const known = this.known.get(path);
    if (known?.inode === inode && !this.dirty.has(inode)) return;
    // A program has replaced it since the folders were read: nothing older is told after what it left.
    if (this.inodeAt(path) !== inode) return this.schedule(SETTLE_MS);
    if (this.isOpen(inode)) return this.schedule(OPEN_FILE_MS / 4);
    this.dirty.delete(inode);
    const results = this.results.take(path);
    for (const result of results) this.compareResult(path, result.inode, { ...result, hash: hashOf(result.bytes) }, result.read, inode.permissions);
    if (results.at(-1)?.version === inode.version && results.at(-1)?.inode === inode) return;
    // Never closed, or too large to be kept until here.
    const at = `${this.root}/${path}`;
    const { writer } = inode;
    const found = await this.snapshot(inode);
    this.compareResult(path, inode, found, writer?.of(at, inode), inode.permissions);
    // What a process has written it knows.
    writer?.note(at, { inode, version: found.version });
  }

  /** `read`: what the program that wrote it had read; of one that read nothing, it is what the disk had before. */
  private compareResult(path: string, inode: FileInode, found: Found, read: Revision | undefined, permissions: number): void {
    const known = this.known.get(path);
    const revision = (read === undefined ? undefined : this.revisions.hashOf(read)) ?? known?.hash ?? null;
    this.accept(path, inode, found);
    this.noteOrigin(path, found.hash, revision);
    if (known?.hash === found.hash) return;
    this.tell({ t: 'changed', path, hash: found.hash, content: contentOf(found.bytes), revision, mode: permissions & 0o777 });
  }

  /** Whether a program is still writing, as far as can be told. */
  private isOpen(inode: FileInode): boolean {
    const state = this.dirty.get(inode);
    return state !== undefined && !state.done && inode.opened > 0 && Date.now() - state.since < OPEN_FILE_MS;
  }

  private async fileAt(path: string): Promise<FileInode | undefined> {
    return await whenLoaded(() => this.inodeAt(path));
  }

  /** @throws {NotLoaded} */
  private inodeAt(path: string): FileInode | undefined {
    const inode = this.disk.find(`${this.root}/${path}`, this.base);
    return inode instanceof FileInode ? inode : undefined;
  }

  private async contentAt(path: string) {
    this.assertPath(path);
    const inode = await this.fileAt(path);
    return inode === undefined ? null : contentOf((await this.snapshot(inode)).bytes);
  }

  private assertPath(path: string): void {
    if (!isProjectPath(path)) throw new SysError('EINVAL', path);
  }
}
