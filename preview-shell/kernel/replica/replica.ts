import { SysError } from '../../abi/errno.ts';
import { REPLICA_VERSION, toReplicaSchema, type FromReplica, type ToReplica } from '../../../shared/protocol/replica.ts';
import { isProjectPath } from '../../../shared/document/project-path.ts';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../disk/constants.ts';
import { whenLoaded, type Disk } from '../disk/index.ts';
import { FileInode } from '../disk/inode.ts';
import { mkdirp, rename, unlink } from '../disk/names.ts';
import { copyOf, writeWhole } from '../disk/whole-files.ts';
import { bytesOf, contentOf, hashOf } from './content.ts';
import { AgreementJournal } from './journal.ts';
import { ignoreRules, projectFiles, type Ignored } from './project-files.ts';

/** Programs write in several steps: a file is looked at when it was closed, or after this long. */
const SETTLE_MS = 20;
const OPEN_FILE_MS = 1000;

interface Known {
  inode: FileInode;
  hash: string;
}

/** The disk's end of the replica protocol (shared/protocol/replica.ts). */
export class Replica {
  private readonly disk: Disk;
  private readonly root: string;
  private readonly base: { cwd: string; umask: number };
  private readonly tell: (message: FromReplica) => void;
  private readonly journal: AgreementJournal;
  private ignored: Ignored;
  /** What the page knows of the disk. */
  private readonly known = new Map<string, Known>();
  /** Files that were written to, and whether whoever wrote is done. */
  private readonly dirty = new Map<FileInode, { done: boolean; since: number }>();
  private readonly stop: () => void;
  private watching = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private queue: Promise<void> = Promise.resolve();

  private constructor(disk: Disk, root: string, tell: (message: FromReplica) => void, journal: AgreementJournal) {
    this.disk = disk;
    this.root = root;
    this.base = { cwd: root, umask: 0o022 };
    this.tell = tell;
    this.journal = journal;
    this.ignored = ignoreRules(disk, root);
    this.stop = disk.tree.observe((change) => {
      if (change.type === 'data' || change.type === 'copied-up') {
        if (change.inode instanceof FileInode) this.dirty.set(change.inode, { done: false, since: Date.now() });
      } else if (change.type === 'written') this.dirty.set(change.inode, { done: true, since: Date.now() });
      else if (change.type === 'attributes') return;
      this.schedule(SETTLE_MS);
    });
  }

  static async open(disk: Disk, root: string, tell: (message: FromReplica) => void): Promise<Replica> {
    return new Replica(disk, root, tell, await AgreementJournal.open(disk));
  }

  /** One line of the page's. */
  receive(line: string): void {
    const parsed = toReplicaSchema.safeParse(safeJson(line));
    if (!parsed.success) return;
    // One after another: each sees what the one before has done.
    this.queue = this.queue.then(() => this.handle(parsed.data));
  }

  close(): void {
    this.stop();
    clearTimeout(this.timer);
    this.journal.flush();
  }

  private async handle(message: ToReplica): Promise<void> {
    try {
      switch (message.t) {
        case 'hello': return await this.welcome();
        case 'read': return this.tell({ t: 'content', id: message.id, content: await this.contentAt(message.path) });
        case 'put': return await this.put(message);
        case 'remove': return await this.remove(message);
        case 'move': return await this.move(message);
        case 'taken': return this.journal.settle(message.path, message.hash);
        case 'watch':
          this.watching = true;
          return this.schedule(0);
      }
    } catch (error) {
      if ('id' in message) this.tell({ t: 'failed', id: message.id, code: error instanceof SysError ? error.code : 'EIO', message: error instanceof Error ? error.message : String(error) });
    }
  }

  private async welcome(): Promise<void> {
    const files = projectFiles(this.disk, this.root, this.ignored, this.journal.paths());
    for (const [path, inode] of files) this.known.set(path, { inode, hash: hashOf(await this.bytes(inode)) });
    this.dirty.clear();
    this.tell({
      t: 'welcome', v: REPLICA_VERSION,
      files: [...this.known].map(([path, { hash }]) => ({ path, hash, agreed: this.journal.get(path) })),
      gone: [...this.journal.paths()].filter((path) => !this.known.has(path)).map((path) => ({ path, agreed: this.journal.get(path) })),
    });
  }

  private async put({ id, path, base, hash, content, mode }: Extract<ToReplica, { t: 'put' }>): Promise<void> {
    this.assertPath(path);
    if (!(await this.isAt(path, base, id))) return;
    const bytes = bytesOf(content);
    this.journal.expect(path, hash);
    const at = `${this.root}/${path}`;
    if (path.includes('/')) mkdirp(this.disk, at.slice(0, at.lastIndexOf('/')), 0o777, this.base);
    await whenLoaded(() => writeWhole(this.disk, at, bytes, O_WRONLY | O_CREAT | O_TRUNC, mode ?? 0o644, this.base));
    this.note(path, hash);
    this.journal.settle(path, hash);
    this.tell({ t: 'done', id });
  }

  private async remove({ id, path, base }: Extract<ToReplica, { t: 'remove' }>): Promise<void> {
    this.assertPath(path);
    if (!(await this.isAt(path, base, id))) return;
    unlink(this.disk, `${this.root}/${path}`, this.base);
    this.known.delete(path);
    this.journal.settle(path, null);
    this.tell({ t: 'done', id });
  }

  private async move({ id, from, to, base }: Extract<ToReplica, { t: 'move' }>): Promise<void> {
    this.assertPath(from);
    this.assertPath(to);
    if (!(await this.isAt(from, base, id)) || !(await this.isAt(to, null, id))) return;
    const at = `${this.root}/${to}`;
    if (to.includes('/')) mkdirp(this.disk, at.slice(0, at.lastIndexOf('/')), 0o777, this.base);
    this.journal.expect(to, base);
    rename(this.disk, `${this.root}/${from}`, at, this.base);
    this.known.delete(from);
    this.note(to, base);
    this.journal.settle(from, null);
    this.journal.settle(to, base);
    this.tell({ t: 'done', id });
  }

  /** Whether a file is what the page takes it to be; tells what it is when not. */
  private async isAt(path: string, base: string | null, id: number): Promise<boolean> {
    const bytes = await this.bytesAt(path);
    const hash = bytes === undefined ? null : hashOf(bytes);
    if (hash === base) return true;
    // The page hears of it here: the change itself need not be told again.
    if (hash === null) this.known.delete(path);
    else this.note(path, hash);
    this.tell({ t: 'refused', id, hash, content: bytes === undefined ? null : contentOf(bytes) });
    return false;
  }

  private note(path: string, hash: string): void {
    const inode = this.disk.lookup(`${this.root}/${path}`, this.base);
    if (!(inode instanceof FileInode)) return;
    this.known.set(path, { inode, hash });
    this.dirty.delete(inode);
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
    const pathOf = new Map([...files].map(([path, inode]) => [inode, path]));
    for (const [path, { inode, hash }] of this.known) {
      if (files.get(path) === inode) continue;
      const to = pathOf.get(inode);
      // A file under a new name; one that took the old name is looked at below.
      if (to !== undefined && !this.known.has(to)) {
        this.tell({ t: 'moved', from: path, to });
        this.known.delete(path);
        this.known.set(to, { inode, hash });
      } else if (!files.has(path)) {
        this.known.delete(path);
        this.tell({ t: 'removed', path });
      }
    }
    for (const [path, inode] of files) await this.compare(path, inode);
  }

  private async compare(path: string, inode: FileInode): Promise<void> {
    const known = this.known.get(path);
    const state = this.dirty.get(inode);
    if (known?.inode === inode && state === undefined) return;
    if (state !== undefined && !state.done && Date.now() - state.since < OPEN_FILE_MS) return this.schedule(OPEN_FILE_MS / 4);
    const bytes = await this.bytes(inode);
    this.dirty.delete(inode);
    const hash = hashOf(bytes);
    this.known.set(path, { inode, hash });
    if (known?.hash !== hash) this.tell({ t: 'changed', path, hash, content: contentOf(bytes), mode: inode.permissions & 0o777 });
    return undefined;
  }

  private bytes(inode: FileInode): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    return whenLoaded(() => copyOf(inode));
  }

  private async bytesAt(path: string): Promise<Uint8Array | undefined> {
    try {
      const inode = await whenLoaded(() => this.disk.lookup(`${this.root}/${path}`, this.base));
      return inode instanceof FileInode ? await this.bytes(inode) : undefined;
    } catch (error) {
      if (error instanceof SysError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  private async contentAt(path: string) {
    this.assertPath(path);
    const bytes = await this.bytesAt(path);
    return bytes === undefined ? null : contentOf(bytes);
  }

  private assertPath(path: string): void {
    if (!isProjectPath(path)) throw new SysError('EINVAL', path);
  }
}

function safeJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
