/** Disk -> document. What programs write is merged with what the document did since they read, and goes to the room. */
import { getFile, renameFile, type DocumentFile } from '../../shared/document/schema.ts';
import type { Content, FoundFile } from '../../shared/protocol/replica.ts';
import { beside, hashOfContent, hashOfFile } from './content.ts';
import { hashOfText } from './hash.ts';
import { mergeTexts } from '../../shared/document/merge-texts.ts';
import type { DiskChange, Welcome } from './replica-link.ts';
import { DISK_ORIGIN, type SyncState } from './sync-state.ts';
import { rebase, type Rebased, type Unsent } from './unsent.ts';

/** A file as a program left it. */
interface Written {
  hash: string;
  content: Content;
  /** What the program had read; null when there was no such file, or nothing is known. */
  revision: string | null;
  mode: number | undefined;
}

export class DiskSide {
  private readonly state: SyncState;

  constructor(state: SyncState) {
    this.state = state;
    state.resolved = (path, unsent, how, durable) => this.resolved(path, unsent, how, durable);
  }

  /** Tells a local change, a stale copy and a deletion apart by what both sides last agreed on. */
  async reconcile({ files, gone }: Welcome): Promise<void> {
    for (const { path, hash } of files) this.state.disk.set(path, hash);
    for (const found of files) await this.reconcileFound(this.withRename(found));
    for (const { path, agreed } of gone) {
      const file = this.state.fileAt(path);
      // Gone here and unchanged there: a program removed it.
      if (file !== undefined && agreed.includes(hashOfFile(file))) this.remove(path, file);
      else if (file === undefined) this.state.link?.taken(path, null);
    }
  }

  async take(change: DiskChange): Promise<void> {
    await this.state.landed(...(change.t === 'moved' ? [change.from, change.to] : [change.path]));
    if (change.t === 'changed') await this.written(change.path, { hash: change.hash, content: change.content, revision: change.revision, mode: change.mode });
    else if (change.t === 'removed') this.removed(change.path);
    else await this.moved(change.from, change.to);
  }

  /** What was unsent no longer is. */
  resolved(path: string, unsent: Unsent, how: Exclude<Rebased['kind'], 'unsent'>, durable = false): void {
    const { state } = this;
    state.judge();
    if (how === 'settled') {
      // What the disk has is in the document, with whatever else is there.
      const content = state.disk.get(path) ?? null;
      if (durable) state.link?.taken(path, content);
      else state.agreed([[path, content]]);
    } else if (how === 'conflict' && unsent.content !== null && unsent.hash !== null) this.keepBeside(path, unsent.content, unsent.hash, unsent.mode);
    state.bring(path);
  }

  /** A name that a program gave a file is the document's too, if that still has the file under the old one. */
  private withRename(found: FoundFile): FoundFile {
    const { state } = this;
    const { path, from } = found;
    const file = from === undefined ? undefined : state.fileAt(from);
    if (from === undefined || file === undefined || state.disk.has(from)) return found;
    // One file less, and one more.
    if (state.isViewer || state.fileAt(path) !== undefined || state.unsent.has(from)) return { ...found, agreed: [], base: null };
    state.pathOf.set(file.id, path);
    renameFile(state.doc, file.id, path, DISK_ORIGIN);
    return found;
  }

  private async reconcileFound({ path, hash, agreed, base }: FoundFile): Promise<void> {
    const { state } = this;
    const file = state.fileAt(path);
    const current = file === undefined ? undefined : hashOfFile(file);
    if (file !== undefined) state.pathOf.set(file.id, path);
    // What this side knows to be unsent is not told anew.
    if (state.unsent.get(path)?.hash === hash) return;
    if (current === hash) return state.agreed([[path, hash]]);
    if (agreed.includes(hash)) {
      // A stale copy: the document's content follows with the first flush.
      if (file !== undefined) return;
      if ((await state.link?.write({ t: 'remove', path, base: hash })) === true) state.disk.delete(path);
      return;
    }
    const content = (await state.link?.read(path)) ?? null;
    // Without a note of what was changed: the document is as agreed, so it was changed here alone.
    const revision = base ?? (current !== undefined && agreed.includes(current) ? current : null);
    if (content !== null) await this.written(path, { hash, content, revision, mode: undefined });
  }

  private async written(path: string, written: Written): Promise<void> {
    const { state } = this;
    const { hash, content } = written;
    state.disk.set(path, hash);
    if ('text' in content) state.revisions.keep(content.text, hash);
    const name = this.nameOf(path);
    await state.landed(name);
    const now = this.intended(name);
    if (now.hash === hash) {
      if (name === path && !state.unsent.has(path)) state.agreed([[path, hash]]);
      return;
    }
    const merged = await this.merged(written, now);
    // While a revision was fetched the document may have changed, or something been sent.
    if (state.flights.has(name) || this.nameOf(path) !== name || this.intended(name).hash !== now.hash) return await this.written(path, written);
    if (merged === undefined) this.keepBeside(name, content, hash, written.mode);
    else this.intend(name, now, merged, written.mode);
    if (merged === undefined || name !== path || hashOfContent(merged) !== hash) state.bring(name);
  }

  /** Of the file that the disk has at a path: its name in the document, where that is another and the disk has not followed yet. */
  private nameOf(path: string): string {
    const { state } = this;
    state.follow(path);
    const id = [...state.pathOf].find(([, at]) => at === path)?.[0];
    const file = id === undefined || state.unsent.has(path) || state.fileAt(path) !== undefined ? undefined : getFile(state.doc, id);
    return file !== undefined && state.fileAt(file.path)?.id === file.id ? file.path : path;
  }

  /** What a path is to hold: what is unsent, else what the document has. */
  private intended(path: string): Unsent {
    const { state } = this;
    state.follow(path);
    const file = state.fileAt(path);
    const before = state.unsent.get(path);
    if (before !== undefined) {
      const rebased = rebase(before, file);
      if (rebased.kind === 'unsent') return rebased.unsent;
      state.deleteUnsent(path);
      this.resolved(path, before, rebased.kind);
    }
    if (file === undefined) return { base: null, baseText: undefined, content: null, hash: null, mode: undefined };
    const hash = hashOfFile(file);
    const text = file.kind === 'text' ? file.text.toString() : undefined;
    if (text !== undefined) state.revisions.keep(text, hash);
    return { id: file.id, base: hash, baseText: text, content: text === undefined ? null : { text }, hash, mode: file.mode };
  }

  /** Undefined when both cannot be had in one file. */
  private async merged({ content, revision }: Written, now: Unsent): Promise<Content | undefined> {
    // No such file there, or as the program knew it: its content is the result.
    if (now.hash === null || revision === now.hash) return content;
    if (revision === null || !('text' in content) || now.content === null || !('text' in now.content)) return undefined;
    const base = await this.textOf(revision);
    const text = base === undefined ? undefined : mergeTexts(base, content.text, now.content.text);
    return text === undefined ? undefined : { text };
  }

  private async textOf(revision: string): Promise<string | undefined> {
    const known = this.state.revisions.get(revision);
    if (known !== undefined) return known;
    const kept = (await this.state.link?.revision(revision)) ?? null;
    // The replica is not believed what it says that a revision was.
    return kept !== null && 'text' in kept && hashOfText(kept.text) === revision ? kept.text : undefined;
  }

  private intend(path: string, now: Unsent, content: Content, mode: number | undefined): void {
    const hash = hashOfContent(content);
    // What a program did has come to nothing against what the document has.
    if (hash === now.base && now.base !== null) return this.state.deleteUnsent(path);
    this.state.setUnsent(path, { id: now.id, base: now.base, baseText: now.baseText, content, hash, mode: now.mode ?? newMode(mode), doubt: now.doubt });
  }

  private removed(path: string): void {
    const { state } = this;
    const before = state.disk.get(path);
    state.disk.delete(path);
    const unsent = state.unsent.get(path);
    const file = state.fileAt(path);
    if (file === undefined) {
      // It was never in the document.
      state.deleteUnsent(path);
      return state.agreed([[path, null]]);
    }
    const current = hashOfFile(file);
    // Removed as it was known there, or with a change on top that only this disk had.
    if (current === before || unsent?.base === current) return this.remove(path, file);
    state.deleteUnsent(path);
    state.bring(path);
  }

  private remove(path: string, file: DocumentFile): void {
    const baseText = file.kind === 'text' ? file.text.toString() : undefined;
    this.state.setUnsent(path, { id: file.id, base: hashOfFile(file), baseText, content: null, hash: null, mode: file.mode });
  }

  private async moved(from: string, to: string): Promise<void> {
    const { state } = this;
    const hash = state.disk.get(from);
    const id = [...state.pathOf].find(([, path]) => path === from)?.[0];
    const unsent = state.unsent.get(from);
    if (hash === undefined || state.isViewer || state.unsent.has(to) || (id === undefined && unsent === undefined)) return await this.movedAsCopy(from, to);
    state.disk.delete(from);
    state.disk.set(to, hash);
    const isThere = id !== undefined && getFile(state.doc, id)?.path === from;
    if (id !== undefined) state.pathOf.set(id, to);
    if (isThere) renameFile(state.doc, id, to, DISK_ORIGIN);
    if (unsent !== undefined) {
      state.deleteUnsent(from);
      state.setUnsent(to, unsent);
    }
    if (id === undefined) return;
    // Renamed or removed by somebody else meanwhile: the disk follows from where it has the file now.
    if (!isThere) return state.bringFile(id);
    state.agreed([[from, null], [to, hash]]);
  }

  /** A name that is not to be changed in the document, or not at once: one file less, and one more. */
  private async movedAsCopy(from: string, to: string): Promise<void> {
    const content = await this.state.link?.read(to);
    this.removed(from);
    if (content != null) await this.written(to, { hash: hashOfContent(content), content, revision: null, mode: undefined });
  }

  /** Under the first free name of its kind; one that has this content already is the same. */
  private keepBeside(path: string, content: Content, hash: string, mode: number | undefined): void {
    for (let count = 1; ; count++) {
      const name = beside(path, count);
      const there = this.intended(name);
      if (there.hash === hash) return;
      if (there.hash !== null || this.state.disk.has(name)) continue;
      this.state.setUnsent(name, { base: null, baseText: undefined, content, hash, mode: newMode(mode) });
      return this.state.bring(name);
    }
  }
}

/** Of a new file that is not what all files are. */
const newMode = (mode: number | undefined): number | undefined => (mode === 0o644 ? undefined : mode);

