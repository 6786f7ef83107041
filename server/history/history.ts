/** The timeline of an environment (row D7, SPEC.md): revisions with authors, their files byte for byte, checkpoints, restore. */
import type * as Y from 'yjs';
import type { Author } from '../../shared/document/author.ts';
import { listFiles } from '../../shared/document/schema.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Blobs } from '../environments/blobs.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Room } from '../rooms/room.ts';
import { patchOf } from './patch.ts';
import type { CutNote, PendingStep } from './recorder.ts';
import { restoreFiles } from './restore.ts';
import type { Wanted } from './restore.ts';
import type { Change, Content, Revision } from './store.ts';

export const MAX_CHECKPOINTS = 100;

/** One file of a step: a file that went from one path to another is one change. */
export interface FileChange {
  path: string;
  change: 'added' | 'changed' | 'deleted' | 'renamed';
  /** The path before, of a renamed file. */
  from: string | undefined;
  /** Keys of the step's authors who changed it. */
  authors: string[];
  before: Content | undefined;
  after: Content | undefined;
}

export interface TimelineEntry extends Revision {
  files: FileChange[];
}

export interface History {
  /** Newest first. `next` is what to give as `before` for more. */
  list(environmentId: string, page: { before?: number | undefined; limit: number; path?: string | undefined }): Promise<{ revisions: TimelineEntry[]; pending: PendingStep | undefined; next: number | undefined }>;
  /** @throws {TerrariumError} 1370 when there is none with this number, here and below */
  get(environmentId: string, revision: number): TimelineEntry;
  /** What the step changed, with a patch (unified) for each text file that is not too large. */
  diff(environmentId: string, revision: number): (FileChange & { patch: string | undefined })[];
  /** The revision before it. */
  previous(environmentId: string, revision: number): number | undefined;
  files(environmentId: string, revision: number): Map<string, Content>;
  /** @throws {TerrariumError} 1371 when the revision has no such file */
  read(environmentId: string, revision: number, path: string): Promise<{ content: Content; bytes: Uint8Array<ArrayBuffer> }>;
  /** All files, or these. Resolves with the new revision, and the one that restoring would undo this. */
  restore(environmentId: string, revision: number, paths: readonly string[] | undefined, author: Author): Promise<{ revision: number; undo: number }>;
  /** Ends the step in progress and gives what there is then a name. @throws {TerrariumError} 1372 */
  checkpoint(environmentId: string, name: string, author: Author): Promise<TimelineEntry>;
  /** A name makes a revision a checkpoint; without one it is thinned out as others are. @throws {TerrariumError} 1372 */
  rename(environmentId: string, revision: number, name: string | undefined): TimelineEntry;
  /**
   * Runs one change of the document as a step of its own; resolves with its revision and the one before it.
   * For what is one act though it touches many files.
   */
  step(environmentId: string, author: Author, note: CutNote, change: (doc: Y.Doc) => void): Promise<{ revision: number; undo: number }>;
}

export function createHistory(rooms: Rooms, blobs: Blobs): History {
  const store = rooms.revisions;
  const entryOf = (environmentId: string, revision: Revision): TimelineEntry => ({ ...revision, files: fileChanges(store.changes(environmentId, revision.revision)) });

  function existing(environmentId: string, revision: number): Revision {
    const found = store.get(environmentId, revision);
    if (found === undefined) throw TerrariumError.of('E-TERRARIUM-1370', { revision });
    return found;
  }

  async function within<T>(environmentId: string, work: (room: Room) => Promise<T>): Promise<T> {
    const room = rooms.enter(environmentId);
    try {
      return await work(room);
    } finally {
      rooms.leave(room);
    }
  }

  async function bytesOf(environmentId: string, { kind, sha256 }: Content): Promise<Uint8Array<ArrayBuffer>> {
    if (kind === 'binary') return blobs.get(environmentId, sha256);
    const text = store.text(sha256);
    if (text === undefined) throw new Error(`The text ${sha256} of a revision is missing`);
    return text;
  }

  async function wantedOf(environmentId: string, content: Content | undefined): Promise<Wanted | undefined> {
    if (content === undefined) return undefined;
    const bytes = await bytesOf(environmentId, content);
    return content.kind === 'binary' ? content : { ...content, text: utf8.decode(bytes) };
  }

  function step(environmentId: string, author: Author, note: CutNote, change: (doc: Y.Doc) => void): Promise<{ revision: number; undo: number }> {
    return within(environmentId, async (room) => {
      // What is refused ends no step of others.
      rooms.rehearse(environmentId, change, author);
      const before = room.recorder.cut();
      const changed = rooms.change(environmentId, change, author);
      // In the same turn, so that the step holds nothing of others.
      const after = room.recorder.cut(note, author);
      const [, undo, revision] = await Promise.all([changed, before, after]);
      return { revision, undo };
    });
  }

  function checkCheckpoints(environmentId: string): void {
    if (store.namedCount(environmentId) >= MAX_CHECKPOINTS) throw TerrariumError.of('E-TERRARIUM-1372', { limit: MAX_CHECKPOINTS });
  }

  return {
    step,
    async list(environmentId, { before = Number.MAX_SAFE_INTEGER, limit, path }) {
      const pending = await within(environmentId, async ({ recorder }) => {
        await recorder.settle();
        return recorder.pending;
      });
      const found = store.list(environmentId, before, limit + 1, path);
      const revisions = found.slice(0, limit).map((revision) => entryOf(environmentId, revision));
      return { revisions, pending, next: found.length > limit ? revisions.at(-1)?.revision : undefined };
    },
    get: (environmentId, revision) => entryOf(environmentId, existing(environmentId, revision)),
    diff(environmentId, revision) {
      const text = (content: Content | undefined) => (content?.kind === 'text' ? utf8.decode(store.text(content.sha256)) : undefined);
      return entryOf(environmentId, existing(environmentId, revision)).files.map((file) => ({ ...file, patch: patchOf(file, text) }));
    },
    previous: (environmentId, revision) => store.list(environmentId, revision, 1)[0]?.revision,
    files(environmentId, revision) {
      existing(environmentId, revision);
      return store.manifest(environmentId, revision);
    },
    async read(environmentId, revision, path) {
      const content = this.files(environmentId, revision).get(path);
      if (content === undefined) throw TerrariumError.of('E-TERRARIUM-1371', { path: printable(path), revision });
      return { content, bytes: await bytesOf(environmentId, content) };
    },
    async restore(environmentId, revision, paths, author) {
      const manifest = this.files(environmentId, revision);
      const missing = paths?.find((path) => !manifest.has(path) && !store.hasPath(environmentId, path));
      if (missing !== undefined) throw TerrariumError.of('E-TERRARIUM-1371', { path: printable(missing), revision });
      const fixed = await Promise.all([...(paths === undefined ? manifest.keys() : new Set(paths))].map(async (path) => [path, await wantedOf(environmentId, manifest.get(path))] as const));
      return step(environmentId, author, { kind: 'restored', restored: revision }, (doc) => {
        const others = paths === undefined ? listFiles(doc).map(({ path }) => [path, undefined] as const) : [];
        restoreFiles(doc, new Map([...others, ...fixed]));
      });
    },
    checkpoint: (environmentId, name, author) =>
      within(environmentId, async ({ recorder }) => {
        checkCheckpoints(environmentId);
        const made = await recorder.cut({ name }, author);
        return entryOf(environmentId, existing(environmentId, made));
      }),
    rename(environmentId, revision, name) {
      if (existing(environmentId, revision).name === undefined && name !== undefined) checkCheckpoints(environmentId);
      store.rename(environmentId, revision, name);
      return this.get(environmentId, revision);
    },
  };
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const printable = (path: string): string => JSON.stringify(path.slice(0, 200)).slice(1, -1);

/** A path that is gone and one that came with the same file are one change. */
export function fileChanges(changes: readonly Change[]): FileChange[] {
  const gone = new Map(changes.flatMap((change) => (change.after === undefined && change.before !== undefined ? [[change.before.file, change]] : [])));
  const moved = new Set<Change>();
  const found = changes.map((change): FileChange => {
    const { path, before, after, authors } = change;
    const from = before === undefined && after !== undefined ? gone.get(after.file) : undefined;
    if (from === undefined) return { path, before, after, authors, from: undefined, change: before === undefined ? 'added' : after === undefined ? 'deleted' : 'changed' };
    moved.add(from);
    return { path, before: from.before, after, authors, from: from.path, change: 'renamed' };
  });
  return found.filter((_, index) => !moved.has(changes[index] as Change));
}
