/** Keeps the document and the container's disk the same. Rules: SPEC.md. */
import type * as Y from 'yjs';
import { addTextFile, deleteFile, filesMap, findByPath, getFile, listFiles, renameFile, type DocumentFile } from '../../shared/document/schema.ts';
import type { Content, FoundFile } from '../../shared/protocol/replica.ts';
import type { ContainerClient } from '../container/client.ts';
import { newFileId } from '../document/files.ts';
import { hashOfText } from './hash.ts';
import { editText } from '../../shared/document/edit-text.ts';
import { mergeTexts } from './merge.ts';
import { ReplicaLink, type DiskChange } from './replica-link.ts';

/** Origin of transactions that bring a change of the disk. */
export const DISK_ORIGIN = { terrarium: 'disk' } as const;

export interface DocumentStore {
  /** Resolves when everything in the document is durable. */
  whenSaved(): Promise<void>;
  readBlob(hash: string): Promise<ArrayBuffer>;
  /** Stores bytes as a file of the document, by path. */
  putBytes(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/**
 * Between two writes of one file. File watchers of dev servers (chokidar, Vite 8) lose a write that follows another by 20 to 40 ms, so that the
 * page would show the text without the last letters; from 60 ms on they saw every one of them.
 */
const WRITE_INTERVAL_MS = 100;

/** What the disk has at a path, as far as this side knows. */
interface OnDisk {
  hash: string;
  /** Of text files whose content has been seen: what a change of the disk is merged against. */
  text: string | undefined;
}

export class DocumentDiskSync {
  private readonly doc: Y.Doc;
  private readonly store: DocumentStore;
  private link: ReplicaLink | undefined;
  private readonly disk = new Map<string, OnDisk>();
  /** Where each file of the document is on the disk. */
  private readonly pathOf = new Map<string, string>();
  private readonly dirty = new Set<string>();
  /** `performance.now()` of the last write of each path. */
  private readonly writtenAt = new Map<string, number>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private queue: Promise<void> = Promise.resolve();
  private scheduled = false;
  private stopped = false;
  private readonly observer = (events: Y.YEvent<Y.Map<unknown>>[]): void => this.changed(events);

  constructor(doc: Y.Doc, store: DocumentStore) {
    this.doc = doc;
    this.store = store;
  }

  /** Resolves when the disk holds the document's files. */
  async start(container: ContainerClient): Promise<void> {
    const link = await ReplicaLink.open(container, (change) => void this.enqueue(() => this.fromDisk(change)));
    this.link = link;
    const { files, gone } = await link.hello();
    await this.reconcile(files, new Map(gone.map(({ path, agreed }) => [path, agreed])));
    filesMap(this.doc).observeDeep(this.observer as never);
    for (const { id } of listFiles(this.doc)) this.dirty.add(id);
    await this.enqueue(() => this.flush());
    link.watch();
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    filesMap(this.doc).unobserveDeep(this.observer as never);
    this.link?.close();
  }

  /** One step after another: each sees what the one before has done. */
  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(async () => {
      if (!this.stopped) await step();
    }).catch((error: unknown) => {
      if (!this.stopped) console.warn('Sync with the disk:', error);
    });
    return this.queue;
  }

  // Start

  /** Tells a local change, a stale copy and a deletion apart by what both sides last agreed on. */
  private async reconcile(files: readonly FoundFile[], gone: ReadonlyMap<string, string[]>): Promise<void> {
    for (const { path, hash } of files) this.disk.set(path, { hash, text: undefined });
    for (const found of files) await this.reconcileFound(found);
    for (const [path, agreed] of gone) {
      const file = findByPath(this.doc, path);
      // Gone here and unchanged there: a program removed it.
      if (file !== undefined && agreed.includes(hashOfFile(file))) deleteFile(this.doc, file.id, DISK_ORIGIN);
      if (file === undefined) this.link?.taken(path, null);
    }
  }

  private async reconcileFound({ path, hash, agreed }: FoundFile): Promise<void> {
    const file = findByPath(this.doc, path);
    if (file !== undefined) {
      this.pathOf.set(file.id, path);
      const current = hashOfFile(file);
      // Same, or stale: the document's content follows with the first flush.
      if (current === hash || agreed.includes(hash)) return;
      await this.takeContent(path, hash, await this.link?.read(path) ?? null, agreed.includes(current));
      return;
    }
    if (agreed.includes(hash)) {
      await this.link?.write({ t: 'remove', path, base: hash });
      this.disk.delete(path);
      return;
    }
    await this.takeContent(path, hash, await this.link?.read(path) ?? null, true);
  }

  // Document -> disk

  private changed(events: Y.YEvent<Y.Map<unknown>>[]): void {
    for (const event of events) {
      const [id] = event.path;
      if (typeof id === 'string') this.dirty.add(id);
      else for (const key of event.changes.keys.keys()) this.dirty.add(key);
    }
    if (this.scheduled) return;
    this.scheduled = true;
    // What one transaction, and others of this moment, have changed goes together.
    queueMicrotask(() => {
      this.scheduled = false;
      void this.enqueue(() => this.flush());
    });
  }

  private async flush(): Promise<void> {
    const ids = [...this.dirty];
    this.dirty.clear();
    for (const id of ids) await this.bring(id).catch((error: unknown) => this.notBrought(id, error));
  }

  /** One file that the disk does not take must not keep the others from it; it is tried again with the next change. */
  private notBrought(id: string, error: unknown): void {
    if (this.stopped) return;
    this.dirty.add(id);
    console.warn(`Sync with the disk: ${getFile(this.doc, id)?.path ?? id} was not written:`, error);
  }

  private async bring(id: string): Promise<void> {
    const file = getFile(this.doc, id);
    const before = this.pathOf.get(id);
    // Of two files with one path the disk has the one that every member picks.
    const wins = file !== undefined && findByPath(this.doc, file.path)?.id === id;
    if (before !== undefined && before !== file?.path) await this.leave(id, before, wins ? file.path : undefined);
    if (file !== undefined && wins) await this.write(file);
  }

  /** The file is no longer at a path: it has moved, or is gone. */
  private async leave(id: string, before: string, to: string | undefined): Promise<void> {
    this.pathOf.delete(id);
    const known = this.disk.get(before);
    const heir = findByPath(this.doc, before);
    if (heir !== undefined) {
      this.dirty.add(heir.id);
      return;
    }
    if (known === undefined || this.link === undefined) return;
    const moves = to !== undefined && !this.disk.has(to);
    const outcome = await this.link.write(moves ? { t: 'move', from: before, to, base: known.hash } : { t: 'remove', path: before, base: known.hash });
    if (outcome.done) {
      this.disk.delete(before);
      if (moves) {
        this.disk.set(to, known);
        this.pathOf.set(id, to);
      }
    } else await this.takeContent(before, outcome.hash, outcome.content, true);
  }

  private async write(file: DocumentFile): Promise<void> {
    const hash = hashOfFile(file);
    this.pathOf.set(file.id, file.path);
    const known = this.disk.get(file.path);
    if (known?.hash === hash) {
      if (file.kind === 'text') known.text = file.text.toString();
      return;
    }
    if (this.waits(file)) return;
    const text = file.kind === 'text' ? file.text.toString() : undefined;
    const content: Content = text === undefined ? { base64: base64(await this.store.readBlob((file as { blob: string }).blob)) } : { text };
    const outcome = await this.link?.write({ t: 'put', path: file.path, base: known?.hash ?? null, hash, content, ...(file.mode === undefined ? {} : { mode: file.mode }) });
    this.writtenAt.set(file.path, performance.now());
    if (outcome?.done === true) this.disk.set(file.path, { hash, text });
    else if (outcome !== undefined) {
      // Somebody wrote there meanwhile: theirs is merged in, and the result is tried again.
      await this.takeContent(file.path, outcome.hash, outcome.content, false);
      this.dirty.add(file.id);
      await this.flush();
    }
  }

  /** A file that was just written is written again when watchers are ready for it, with what it holds by then. */
  private waits({ id, path }: DocumentFile): boolean {
    const left = (this.writtenAt.get(path) ?? Number.NEGATIVE_INFINITY) + WRITE_INTERVAL_MS - performance.now();
    if (left <= 0 || this.stopped) return false;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.again(id);
    }, left);
    this.timers.add(timer);
    return true;
  }

  // Disk -> document

  private async fromDisk(change: DiskChange): Promise<void> {
    switch (change.t) {
      case 'changed': return this.takeContent(change.path, change.hash, change.content, false, change.mode);
      case 'removed': return this.takeContent(change.path, null, null, false);
      case 'moved': this.takeMove(change.from, change.to);
    }
  }

  private takeMove(from: string, to: string): void {
    const known = this.disk.get(from);
    const file = findByPath(this.doc, from);
    this.disk.delete(from);
    if (known !== undefined) this.disk.set(to, known);
    if (file === undefined) return;
    this.pathOf.set(file.id, to);
    renameFile(this.doc, file.id, to, DISK_ORIGIN);
    this.takenWhenSaved([[from, null], ...(known === undefined ? [] : [[to, known.hash] as const])]);
  }

  /**
   * The disk has this content now. `wins`: the document has not changed since both agreed. What the document did meanwhile is kept: merged
   * where it can be, else the disk's content becomes a file beside.
   */
  private async takeContent(path: string, hash: string | null, content: Content | null, wins: boolean, mode?: number): Promise<void> {
    const base = this.disk.get(path);
    if (hash === null || content === null) this.disk.delete(path);
    else this.disk.set(path, { hash, text: 'text' in content ? content.text : undefined });
    const file = findByPath(this.doc, path);
    if (hash === null || content === null) {
      const unchanged = file !== undefined && hashOfFile(file) === base?.hash;
      if (unchanged) {
        this.pathOf.delete(file.id);
        deleteFile(this.doc, file.id, DISK_ORIGIN);
      } else if (file !== undefined) this.again(file.id);
    } else if (file !== undefined && hashOfFile(file) === hash) this.pathOf.set(file.id, path);
    else if ('base64' in content) await this.takeBytes(path, content.base64, file, base?.hash, wins);
    else if (file?.kind === 'text') this.mergeInto(file.text, file.id, path, base?.text, content.text, wins);
    else if (file === undefined) this.add(path, content.text, mode);
    // A picture here and a text there: nothing to merge.
    else this.add(beside(path), content.text, mode);
    this.takenWhenSaved([[path, hash]]);
  }

  /** Bytes cannot be merged: what the document got meanwhile stays, and they become a file beside. */
  private async takeBytes(path: string, content: string, file: DocumentFile | undefined, base: string | undefined, wins: boolean): Promise<void> {
    const replaces = file === undefined || wins || hashOfFile(file) === base;
    await this.store.putBytes(replaces ? path : beside(path), bytesOf(content));
    if (!replaces) this.again(file.id);
  }

  /** Not waited for: without a connection nothing is saved, and the disk has to follow the document all the same. */
  private takenWhenSaved(agreements: readonly (readonly [path: string, hash: string | null])[]): void {
    void this.store.whenSaved().then(() => {
      if (!this.stopped) for (const [path, hash] of agreements) this.link?.taken(path, hash);
    });
  }

  private mergeInto(text: Y.Text, id: string, path: string, base: string | undefined, there: string, wins: boolean): void {
    const here = text.toString();
    const merged = wins ? there : base === undefined ? undefined : mergeTexts(base, there, here);
    this.pathOf.set(id, path);
    if (merged === undefined) this.add(beside(path), there);
    else editText(text, merged, DISK_ORIGIN);
    if (merged !== there) this.again(id);
  }

  private add(path: string, content: string, mode?: number): void {
    const id = newFileId();
    this.pathOf.set(id, path);
    addTextFile(this.doc, { id, path, content, ...(mode === undefined || mode === 0o644 ? {} : { mode }) }, DISK_ORIGIN);
  }

  private again(id: string): void {
    this.dirty.add(id);
    void this.enqueue(() => this.flush());
  }
}

function hashOfFile(file: DocumentFile): string {
  return file.kind === 'text' ? hashOfText(file.text.toString()) : file.blob;
}

/** `src/a.ts` -> `src/a (disk copy).ts`. */
function beside(path: string): string {
  const dot = path.lastIndexOf('.');
  const at = dot > path.lastIndexOf('/') + 1 ? dot : path.length;
  return `${path.slice(0, at)} (disk copy)${path.slice(at)}`;
}

const BATCH = 0x2000;

function base64(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer);
  let binary = '';
  for (let at = 0; at < bytes.length; at += BATCH) binary += String.fromCharCode(...bytes.subarray(at, at + BATCH));
  return btoa(binary);
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
