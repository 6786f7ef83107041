/** Watches as inotify(7) has them, in the terms of Node's fs.watch on Linux: 'change' for content and attributes, 'rename' for names. */
import { FileInode, type DirectoryInode, type Inode } from './inode.ts';
import type { Tree, TreeChange } from './tree.ts';

export type WatchEvent = 'change' | 'rename';
/** `filename` is relative to what is watched; the base name when the watched thing itself is meant. */
export type WatchListener = (event: WatchEvent, filename: string) => void;

interface Watch {
  readonly inode: Inode;
  readonly recursive: boolean;
  /** Base name of the path given, for events about the thing itself. */
  readonly label: string;
  readonly listener: WatchListener;
  /** Told at the end of the current call, each event once in a row. */
  queued: { event: WatchEvent; filename: string }[];
}

export class WatchRegistry {
  private readonly byInode = new Map<Inode, Set<Watch>>();
  private readonly pending = new Set<Watch>();
  private recursiveCount = 0;
  private flushing = false;

  constructor(tree: Tree) {
    tree.observe((change) => this.observe(change));
  }

  /** @returns ends the watch. */
  watch(inode: Inode, label: string, recursive: boolean, listener: WatchListener): () => void {
    const watch: Watch = { inode, label, recursive, listener, queued: [] };
    const watches = this.byInode.get(inode) ?? new Set();
    this.byInode.set(inode, watches.add(watch));
    if (recursive) this.recursiveCount++;
    return () => this.end(watch);
  }

  private end(watch: Watch): void {
    const watches = this.byInode.get(watch.inode);
    if (watches?.delete(watch) !== true) return;
    if (watches.size === 0) this.byInode.delete(watch.inode);
    if (watch.recursive) this.recursiveCount--;
    this.pending.delete(watch);
  }

  private observe(change: TreeChange): void {
    if (this.byInode.size === 0 || change.type === 'written' || change.type === 'copied-up') return;
    if (change.type === 'added' || change.type === 'removed') this.named(change);
    else this.touched(change.inode);
  }

  private named({ type, directory, name, inode, moved, replaced }: Extract<TreeChange, { directory: DirectoryInode }>): void {
    // inotify tells of a name that is taken over once, when the new one comes.
    if (replaced !== true) this.inDirectory(directory, name, 'rename');
    if (type !== 'removed') return;
    // IN_MOVE_SELF, or IN_DELETE_SELF after IN_ATTRIB (the link count) for files.
    if (!moved && inode instanceof FileInode) this.self(inode, 'change');
    if (moved || inode.dentries.length === 0) this.self(inode, 'rename');
  }

  private touched(inode: Inode): void {
    this.self(inode, 'change');
    for (const { directory, name } of inode.dentries) this.inDirectory(directory, name, 'change');
  }

  private self(inode: Inode, event: WatchEvent): void {
    for (const watch of this.byInode.get(inode) ?? []) this.queue(watch, event, watch.label);
  }

  private inDirectory(directory: DirectoryInode, name: string, event: WatchEvent): void {
    for (const watch of this.byInode.get(directory) ?? []) this.queue(watch, event, name);
    if (this.recursiveCount > 0) this.above(directory, name, event);
  }

  private above(directory: DirectoryInode, name: string, event: WatchEvent): void {
    let path = name;
    let at = directory;
    for (let dentry = at.dentries[0]; dentry !== undefined; dentry = at.dentries[0]) {
      path = `${dentry.name}/${path}`;
      at = dentry.directory;
      for (const watch of this.byInode.get(at) ?? []) if (watch.recursive) this.queue(watch, event, path);
    }
  }

  private queue(watch: Watch, event: WatchEvent, filename: string): void {
    const last = watch.queued.at(-1);
    if (last?.event === event && last.filename === filename) return;
    watch.queued.push({ event, filename });
    this.pending.add(watch);
    if (this.flushing) return;
    this.flushing = true;
    queueMicrotask(() => this.flush());
  }

  private flush(): void {
    this.flushing = false;
    const watches = [...this.pending];
    this.pending.clear();
    for (const watch of watches) {
      const events = watch.queued;
      watch.queued = [];
      for (const { event, filename } of events) {
        // The listener may have ended this watch.
        if (this.byInode.get(watch.inode)?.has(watch) === true) watch.listener(event, filename);
      }
    }
  }
}

/** Which thread has started which watch, by the number that the thread knows it by. */
export class ThreadWatches {
  private readonly byThread = new Map<number, Map<number, () => void>>();
  private next = 1;

  newId(): number {
    return this.next++;
  }

  /** @returns whether this is the thread's first. */
  add(threadId: number, id: number, end: () => void): boolean {
    const known = this.byThread.get(threadId);
    this.byThread.set(threadId, (known ?? new Map<number, () => void>()).set(id, end));
    return known === undefined;
  }

  end(threadId: number, id: number): void {
    const watches = this.byThread.get(threadId);
    watches?.get(id)?.();
    watches?.delete(id);
  }

  /** The thread has ended. */
  endThread(threadId: number): void {
    for (const end of this.byThread.get(threadId)?.values() ?? []) end();
    this.byThread.delete(threadId);
  }
}
