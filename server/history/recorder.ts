/** Watches one room's document and makes its changes steps of the timeline (SPEC H1, H2, H3). */
import { createHash } from 'node:crypto';
import type * as Y from 'yjs';
import { authorKey } from '../../shared/document/author.ts';
import type { Author } from '../../shared/document/author.ts';
import { filesMap, getFile, listFiles } from '../../shared/document/schema.ts';
import type { DocumentFile } from '../../shared/document/schema.ts';
import { filesOf } from '../rooms/rehearsal.ts';
import { compress } from './store.ts';
import type { Content, NewRevision, RevisionKind, RevisionStore } from './store.ts';
import { THIN_EVERY, thinOut } from './thin.ts';

/** Silence after which a step is over. */
export const PAUSE_MS = 10_000;
/** A step that goes on without a pause is ended nevertheless. */
export const MAX_STEP_MS = 5 * 60_000;
/** Silence after which the change of somebody else begins another step; together in less, they share one. */
export const SWITCH_MS = 1000;
/** So often at once, and then once in this time, may somebody else's change end a step: many members with an edit now and then would else make a step of each. */
export const SWITCHES = 5;
export const SWITCH_EVERY_MS = 10_000;
/** The first revision is written by then; sooner when something changes. */
const FIRST_MS = 3000;

interface Step {
  startedAt: number;
  at: number;
  authors: Map<string, Author>;
  /** File id -> keys of who changed it. */
  files: Map<string, Set<string>>;
}

export interface RecorderOptions {
  environmentId: string;
  doc: Y.Doc;
  store: RevisionStore;
  /** Author of a transaction's origin, and the time for one that is replayed from the log. */
  authorOf(origin: unknown): { author: Author; at?: number | undefined };
  /** As `UpdateLog.alongside`, with a call when it is on the disk. */
  alongside(write: (seq: number) => void, durable: () => void): void;
}

export interface CutNote {
  kind?: RevisionKind;
  restored?: number;
  name?: string;
}

export interface PendingStep {
  startedAt: number;
  at: number;
  authors: Author[];
  files: string[];
}

type Draft = Omit<NewRevision, 'logSeq'>;

export class Recorder {
  readonly #options: RecorderOptions;
  /** Path of each file in the latest revision. */
  readonly #paths = new Map<string, string>();
  #step: Step | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #isFirst = false;
  /** The first revision as it was before the transaction under way; not written while nothing has changed. */
  #first: Draft | undefined;
  #switches = { left: SWITCHES, at: 0 };
  readonly #waiting = new Set<(revision: number) => void>();
  /** Texts of the step. */
  #texts = new Map<string, Uint8Array>();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** From here on changes are recorded; the document is what the latest revision says. */
  watch(): void {
    const { doc } = this.#options;
    for (const { id, path } of listFiles(doc)) this.#paths.set(id, path);
    doc.on('beforeTransaction', (transaction: Y.Transaction) => this.#before(transaction.origin));
    filesMap(doc).observeDeep((events, transaction) => this.#changed(events, transaction.origin));
  }

  /** What the document holds as the first revision. */
  begin(author: Author, at: number): void {
    const ids = listFiles(this.#options.doc).map(({ id }) => id);
    const key = authorKey(author);
    this.#step = { startedAt: at, at, authors: new Map([[key, author]]), files: new Map(ids.map((id) => [id, new Set([key])])) };
    this.#isFirst = true;
    this.#timer = setTimeout(() => void this.cut(), FIRST_MS).unref();
  }

  /** Writes the first revision when it is not written yet. */
  settle(): Promise<unknown> {
    return this.#isFirst ? this.cut() : Promise.resolve();
  }

  /** The step that goes on. */
  get pending(): PendingStep | undefined {
    const step = this.#isFirst ? undefined : this.#step;
    if (step === undefined) return undefined;
    const files = [...step.files.keys()].map((id) => getFile(this.#options.doc, id)?.path ?? this.#paths.get(id)).filter((path) => path !== undefined);
    return { startedAt: step.startedAt, at: step.at, authors: [...step.authors.values()], files: [...new Set(files)].sort() };
  }

  /** Ends the step in progress; resolves with the number of the latest revision when that is on the disk. With a note there is a revision of its own. */
  cut(note: CutNote = {}, author?: Author): Promise<number> {
    const draft = this.#draft(note, author);
    this.#step = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isFirst = false;
    this.#first = undefined;
    return this.#write(draft);
  }

  #draft(note: CutNote, author?: Author): Draft {
    const step = this.#step ?? this.#emptyStep(author);
    return {
      startedAt: step.startedAt, at: step.at, authors: [...step.authors.values()], changes: this.#changes(step),
      kind: note.kind ?? (this.#isFirst ? 'created' : 'edited'), restored: note.restored, name: note.name,
    };
  }

  /** Whether there is a step to end. */
  get isOpen(): boolean {
    return this.#step !== undefined;
  }

  /** What is not on the disk by then is not waited for. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const resolve of this.#waiting) resolve(0);
  }

  #emptyStep(author: Author | undefined): Step {
    const at = Date.now();
    return { startedAt: at, at, authors: new Map(author === undefined ? [] : [[authorKey(author), author]]), files: new Map() };
  }

  #write(draft: Draft): Promise<number> {
    const { environmentId, store, alongside } = this.#options;
    const texts = this.#texts;
    this.#texts = new Map();
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#waiting.add(resolve);
    let revision = 0;
    alongside(
      (logSeq) => {
        for (const [sha256, bytes] of texts) if (!store.has(sha256)) store.put(sha256, compress(bytes));
        revision = store.add(environmentId, { ...draft, logSeq });
        if (revision % THIN_EVERY === 0) thinOut(store, environmentId, Date.now());
      },
      () => {
        this.#waiting.delete(resolve);
        resolve(revision);
      },
    );
    return promise;
  }

  #before(origin: unknown): void {
    if (this.#isFirst) return void (this.#first ??= this.#draft({}));
    const step = this.#step;
    if (step === undefined) return;
    const { author, at = Date.now() } = this.#options.authorOf(origin);
    if (at - step.at >= PAUSE_MS || at - step.startedAt >= MAX_STEP_MS) return void this.cut();
    if (!step.authors.has(authorKey(author)) && at - step.at >= SWITCH_MS && this.#maySwitch(at)) void this.cut();
  }

  #maySwitch(now: number): boolean {
    const { left, at } = this.#switches;
    const refilled = Math.min(SWITCHES, left + Math.floor((now - at) / SWITCH_EVERY_MS));
    if (refilled === 0) return false;
    this.#switches = { left: refilled - 1, at: refilled > left ? now : at };
    return true;
  }

  /** The first change is made: what was before it is written, ahead of it. */
  #endFirst(first: Draft): void {
    this.#first = undefined;
    this.#isFirst = false;
    this.#step = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#write(first);
  }

  #changed(events: readonly Y.YEvent<Y.AbstractType<unknown>>[], origin: unknown): void {
    if (this.#first !== undefined) this.#endFirst(this.#first);
    const { author, at = Date.now() } = this.#options.authorOf(origin);
    const key = authorKey(author);
    const step = (this.#step ??= { startedAt: at, at, authors: new Map(), files: new Map() });
    step.at = at;
    step.authors.set(key, author);
    for (const event of events) {
      for (const id of filesOf(event)) {
        const by = step.files.get(id);
        if (by === undefined) step.files.set(id, new Set([key]));
        else by.add(key);
      }
    }
    if (this.#timer === undefined) this.#arm();
  }

  /** One timer for each step and not for each key: it looks when the last change was. */
  #arm(): void {
    if (this.#closed) return;
    const step = this.#step;
    if (step === undefined) return;
    const rest = Math.min(step.at + PAUSE_MS, step.startedAt + MAX_STEP_MS) - Date.now();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = Date.now();
      if (now - step.at >= PAUSE_MS || now - step.startedAt >= MAX_STEP_MS) void this.cut();
      else this.#arm();
    }, Math.max(rest, 0) + 1).unref();
  }

  /** Of the paths that the changed files have and had. */
  #changes(step: Step): NewRevision['changes'] {
    if (step.files.size === 0) return [];
    const { doc } = this.#options;
    const files = new Map(listFiles(doc).toReversed().map((file) => [file.path, file]));
    const authors = new Map<string, Set<string>>();
    for (const [id, by] of step.files) {
      const [was, is] = [this.#paths.get(id), getFile(doc, id)?.path];
      for (const path of [was, is]) if (path !== undefined) authors.set(path, new Set([...(authors.get(path) ?? []), ...by]));
      if (is === undefined) this.#paths.delete(id);
      else this.#paths.set(id, is);
    }
    return [...authors].map(([path, by]) => ({ path, after: this.#contentOf(files.get(path)), authors: [...by] }));
  }

  #contentOf(file: DocumentFile | undefined): Content | undefined {
    if (file === undefined) return undefined;
    const { id, mode } = file;
    if (file.kind === 'binary') return { file: id, kind: 'binary', sha256: file.blob, size: file.size, mode };
    const bytes = new TextEncoder().encode(file.text.toString());
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.#texts.set(sha256, bytes);
    return { file: id, kind: 'text', sha256, size: bytes.byteLength, mode };
  }
}

