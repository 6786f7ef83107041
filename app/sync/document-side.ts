/** Document -> disk. */
import type * as Y from 'yjs';
import { getFile, type DocumentFile } from '../../shared/document/schema.ts';
import type { Content } from '../../shared/protocol/replica.ts';
import { base64Of, hashOfFile } from './content.ts';
import { DiskError } from './replica-link.ts';
import type { SyncState } from './sync-state.ts';
import { rebase, type Unsent } from './unsent.ts';

/**
 * Between two writes of one file. File watchers of dev servers (chokidar, Vite 8) lose a write that follows another by 20 to 40 ms, so that the
 * page would show the text without the last letters; from 60 ms on they saw every one of them.
 */
const WRITE_INTERVAL_MS = 100;
/** After which a file is tried again that the disk did not take. */
const RETRY_MS = 2000;
/** The same for one that a program has open for writing. */
const BUSY_MS = 50;
/** New files on their way to the disk at one time: each waits for an answer of another process. */
const AT_ONCE = 16;

/** What the disk is to have at a path. */
interface Target {
  hash: string;
  content: () => Content | Promise<Content>;
  mode: number | undefined;
  unsent: Unsent | undefined;
}

export class DocumentSide {
  private readonly state: SyncState;
  private readonly dirtyIds = new Set<string>();
  private readonly dirtyPaths = new Set<string>();
  /** `performance.now()` of the last write of each path. */
  private readonly writtenAt = new Map<string, number>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** Nothing is brought while the two sides are compared. */
  held = false;
  private scheduled = false;
  private flushing = false;
  private waiting: (() => void)[] = [];

  constructor(state: SyncState) {
    this.state = state;
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  changed(events: Y.YEvent<Y.Map<unknown>>[]): void {
    for (const event of events) {
      const [id] = event.path;
      if (typeof id === 'string') this.dirtyIds.add(id);
      else for (const key of event.changes.keys.keys()) this.dirtyIds.add(key);
    }
    if (!this.startsNow()) this.schedule();
  }

  /**
   * A letter is on its way to the disk before the editor draws it: what draws it takes longer than all the rest of the way. More than one file, or
   * anything under way, waits for its turn.
   */
  private startsNow(): boolean {
    if (this.held || this.scheduled || this.dirtyIds.size !== 1 || this.dirtyPaths.size > 0 || this.state.unsent.size > 0) return false;
    return this.state.startNow(() => this.flush());
  }

  /** Resolves when the disk has everything that the document has by then; not while it refuses a file. */
  async settled(): Promise<void> {
    // A change that was observed in this turn is scheduled by the end of it.
    await Promise.resolve();
    if (!this.isBusy) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private get isBusy(): boolean {
    return !this.state.stopped && (this.held || this.scheduled || this.flushing || this.timers.size > 0 || this.dirtyIds.size + this.dirtyPaths.size > 0);
  }

  /** A path is looked at again. */
  again(path: string): void {
    this.dirtyPaths.add(path);
    this.schedule();
  }

  againFile(id: string): void {
    this.dirtyIds.add(id);
    this.schedule();
  }

  async bringAll(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.dirtyIds.add(id);
    for (const path of this.state.unsent.keys()) this.dirtyPaths.add(path);
    this.held = false;
    await this.state.enqueue(() => this.flush());
  }

  private schedule(): void {
    if (this.scheduled || this.held) return;
    this.scheduled = true;
    // What one transaction, and others of this moment, have changed goes together.
    queueMicrotask(() => {
      this.scheduled = false;
      void this.state.enqueue(() => this.flush());
    });
  }

  private async flush(): Promise<void> {
    if (this.held) return;
    this.flushing = true;
    try {
      await this.bringDirty();
    } finally {
      this.flushing = false;
    }
    if (!this.isBusy) for (const resolve of this.waiting.splice(0)) resolve();
  }

  private async bringDirty(): Promise<void> {
    const ids = [...this.dirtyIds];
    this.dirtyIds.clear();
    const bring = (id: string) => this.bringFile(id).catch((error: unknown) => this.notBrought(this.dirtyIds, id, getFile(this.state.doc, id)?.path ?? this.state.pathOf.get(id) ?? id, error));
    // What leaves a path comes first, one after another. New files have a path each, and nothing to do with one another.
    const [first, fresh] = [ids.filter((id) => this.state.pathOf.has(id)), ids.filter((id) => !this.state.pathOf.has(id))];
    for (const id of first) await bring(id);
    for (let at = 0; at < fresh.length; at += AT_ONCE) await Promise.all(fresh.slice(at, at + AT_ONCE).map(bring));
    const paths = [...this.dirtyPaths];
    this.dirtyPaths.clear();
    for (const path of paths) await this.bringPath(path).catch((error: unknown) => this.notBrought(this.dirtyPaths, path, path, error));
    if (this.dirtyIds.size + this.dirtyPaths.size > 0) this.schedule();
  }

  /** One file that the disk does not take must not keep the others from it; it is tried again. */
  private notBrought(dirty: Set<string>, key: string, path: string, error: unknown): void {
    if (this.state.stopped) return;
    const busy = error instanceof DiskError && error.code === 'EBUSY';
    if (!busy) this.state.bringFailed(path, error);
    this.later(dirty, key, busy ? BUSY_MS : RETRY_MS);
  }

  private later(dirty: Set<string>, key: string, ms: number): void {
    if (this.timers.has(key) || this.state.stopped) return;
    this.timers.set(key, setTimeout(() => {
      this.timers.delete(key);
      dirty.add(key);
      this.schedule();
    }, ms));
  }

  private async bringFile(id: string): Promise<void> {
    const { state } = this;
    const file = getFile(state.doc, id);
    const before = state.pathOf.get(id);
    // Of two files with one path the disk has the one that every member picks.
    const wins = file !== undefined && state.fileAt(file.path)?.id === id;
    if (before !== undefined && before !== file?.path) {
      if (!(await this.leave(id, before, wins ? file.path : undefined))) return void this.dirtyIds.add(id);
      if (state.pathOf.get(id) === before) state.pathOf.delete(id);
    }
    if (wins) await this.bringPath(file.path);
  }

  /** The file is no longer at a path: it has moved, or is gone. @returns false when a program has changed it meanwhile, there: that is taken in first */
  private async leave(id: string, before: string, to: string | undefined): Promise<boolean> {
    const { state } = this;
    await state.landed(before);
    if (state.fileAt(before) !== undefined) return this.looksAgain(before);
    state.follow(before);
    const unsent = state.unsent.get(before);
    if (unsent !== undefined && to !== undefined && !state.unsent.has(to)) {
      state.deleteUnsent(before);
      state.setUnsent(to, unsent);
    } else if (unsent !== undefined) return this.looksAgain(before);
    const known = state.disk.get(before);
    if (known === undefined || state.link === undefined) return true;
    const isUnsent = to !== undefined && state.unsent.has(to);
    const moves = to !== undefined && !state.disk.has(to);
    const done = await state.link.write(moves ? { t: 'move', from: before, to, base: known } : { t: 'remove', path: before, base: known });
    if (!done) return false;
    state.disk.delete(before);
    if (!moves) return true;
    state.disk.set(to, known);
    state.pathOf.set(id, to);
    // Under this name the document has it, once that is durable.
    if (!isUnsent) state.agreed([[to, known]]);
    return true;
  }

  private looksAgain(path: string): true {
    this.dirtyPaths.add(path);
    return true;
  }

  private async bringPath(path: string): Promise<void> {
    const { state } = this;
    const flight = state.flights.get(path);
    if (flight !== undefined) return void flight.then(() => this.again(path));
    const file = state.fileAt(path);
    const target = this.targetAt(path, file);
    if (state.link === undefined) return;
    const known = state.disk.get(path);
    if (target === undefined) return known === undefined || file !== undefined || state.unsent.has(path) ? undefined : await this.removeLeft(path, known);
    if (known === target.hash) return this.isThere(path, file);
    if (this.waits(path)) return;
    const { hash, mode, unsent } = target;
    const over = unsent === undefined ? {} : { over: unsent.base === null || unsent.baseText === undefined ? null : { hash: unsent.base, text: unsent.baseText } };
    const content = target.content();
    const done = await state.link.write({ t: 'put', path, base: known ?? null, hash, content: content instanceof Promise ? await content : content, ...(mode === undefined ? {} : { mode }), ...over });
    this.writtenAt.set(path, performance.now());
    state.board.clear(`disk ${path}`);
    if (done) {
      state.disk.set(path, hash);
      this.isThere(path, file);
      if (unsent === undefined) for (const listener of state.brought) listener(path);
    }
    // A program wrote there meanwhile: that is merged in first, and the result is tried again.
    else this.dirtyPaths.add(path);
  }

  /** What a program wrote is in the document, in a file that has another name by now, or is gone. */
  private async removeLeft(path: string, known: string): Promise<void> {
    const { state } = this;
    if ((await state.link?.write({ t: 'remove', path, base: known })) === true) state.disk.delete(path);
    else this.dirtyPaths.add(path);
  }

  /** Of what was there before another file the disk has no more. */
  private isThere(path: string, file: DocumentFile | undefined): void {
    const { pathOf } = this.state;
    for (const [id, at] of pathOf) if (at === path) pathOf.delete(id);
    if (file !== undefined) pathOf.set(file.id, path);
  }

  /** Undefined where the disk is to have nothing that this side would write. */
  private targetAt(path: string, file: DocumentFile | undefined): Target | undefined {
    const { state } = this;
    state.follow(path);
    const before = state.unsent.get(path);
    const unsent = before === undefined ? undefined : this.rebased(path, before, file);
    if (unsent !== undefined) {
      const { content, hash, mode } = unsent;
      return content === null || hash === null ? undefined : { hash, content: () => content, mode, unsent };
    }
    if (file === undefined) return undefined;
    const hash = hashOfFile(file);
    if (file.kind === 'binary') return { hash, content: async () => ({ base64: base64Of(await state.store.readBlob(file.blob)) }), mode: file.mode, unsent };
    const text = file.text.toString();
    state.revisions.keep(text, hash);
    return { hash, content: () => ({ text }), mode: file.mode, unsent };
  }

  private rebased(path: string, before: Unsent, file: DocumentFile | undefined): Unsent | undefined {
    const { state } = this;
    const rebased = rebase(before, file);
    if (rebased.kind !== 'unsent') {
      state.deleteUnsent(path);
      state.resolved(path, before, rebased.kind);
      return undefined;
    }
    if (rebased.unsent !== before) state.setUnsent(path, rebased.unsent);
    const { content } = rebased.unsent;
    if (content !== null && 'text' in content) state.revisions.keep(content.text);
    return rebased.unsent;
  }

  /** A file that was just written is written again when watchers are ready for it, with what it holds by then. */
  private waits(path: string): boolean {
    const left = (this.writtenAt.get(path) ?? Number.NEGATIVE_INFINITY) + WRITE_INTERVAL_MS - performance.now();
    if (left <= 0 || this.state.stopped) return false;
    this.later(this.dirtyPaths, path, left);
    return true;
  }
}
