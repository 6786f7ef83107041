/** The rows of the timeline (SPEC H3, H4, H7): revisions, what each changed by path, and the texts, compressed and each stored once. */
import type { DatabaseSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Author } from '../../shared/document/author.ts';

/** What a path holds in a revision. */
export interface Content {
  /** Id in the document, by which a renamed file is found again. */
  file: string;
  kind: 'text' | 'binary';
  /** SHA-256 of the bytes: of a text kept here, of a binary file kept as a blob. */
  sha256: string;
  size: number;
  mode: number | undefined;
}

export type RevisionKind = 'created' | 'edited' | 'restored' | 'imported';

export interface Revision {
  revision: number;
  /** Milliseconds since the epoch, of the first and of the last change. */
  startedAt: number;
  at: number;
  authors: Author[];
  kind: RevisionKind;
  /** The revision that was restored. */
  restored: number | undefined;
  /** Of a checkpoint. */
  name: string | undefined;
}

export interface Change {
  path: string;
  before: Content | undefined;
  after: Content | undefined;
  /** Keys of the revision's authors (`authorKey`) who changed this path. */
  authors: string[];
}

export interface NewRevision extends Omit<Revision, 'revision'> {
  /** Last row of the update log that the revision holds. */
  logSeq: number;
  changes: { path: string; after: Content | undefined; authors: string[] }[];
}

interface RevisionRow {
  revision: number;
  log_seq: number;
  started_at: number;
  at: number;
  authors: string;
  kind: RevisionKind;
  restored: number | null;
  name: string | null;
}

interface ChangeRow {
  path: string;
  revision: number;
  file: string | null;
  kind: 'text' | 'binary' | null;
  content: string | null;
  size: number | null;
  mode: number | null;
  authors: string;
}

export type RevisionStore = ReturnType<typeof createRevisionStore>;

export function createRevisionStore(database: DatabaseSync) {
  const lastRevision = database.prepare('SELECT * FROM revisions WHERE environment_id = ? ORDER BY revision DESC LIMIT 1');
  const oneRevision = database.prepare('SELECT * FROM revisions WHERE environment_id = ? AND revision = ?');
  const allRevisions = database.prepare('SELECT * FROM revisions WHERE environment_id = ? ORDER BY revision');
  const someRevisions = database.prepare('SELECT * FROM revisions WHERE environment_id = ? AND revision < ? ORDER BY revision DESC LIMIT ?');
  const ofPath = database.prepare('SELECT r.* FROM revisions r JOIN revision_changes c USING (environment_id, revision) WHERE r.environment_id = ? AND r.revision < ? AND c.path = ? ORDER BY r.revision DESC LIMIT ?');
  const named = database.prepare('SELECT COUNT(*) AS n FROM revisions WHERE environment_id = ? AND name IS NOT NULL');
  const insertRevision = database.prepare('INSERT INTO revisions (environment_id, revision, log_seq, started_at, at, authors, kind, restored, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const setName = database.prepare('UPDATE revisions SET name = ? WHERE environment_id = ? AND revision = ?');
  const setSeq = database.prepare('UPDATE revisions SET log_seq = ? WHERE environment_id = ? AND revision = ?');
  const setAuthors = database.prepare('UPDATE revisions SET authors = ?, started_at = MIN(started_at, ?) WHERE environment_id = ? AND revision = ?');
  const deleteRevision = database.prepare('DELETE FROM revisions WHERE environment_id = ? AND revision = ?');
  const changesOf = database.prepare('SELECT * FROM revision_changes WHERE environment_id = ? AND revision = ? ORDER BY path');
  const changeBefore = database.prepare('SELECT * FROM revision_changes WHERE environment_id = ? AND path = ? AND revision < ? ORDER BY revision DESC LIMIT 1');
  const insertChange = database.prepare('INSERT INTO revision_changes (environment_id, path, revision, file, kind, content, size, mode, authors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const moveChange = database.prepare('UPDATE revision_changes SET revision = ? WHERE environment_id = ? AND path = ? AND revision = ?');
  const setChangeAuthors = database.prepare('UPDATE revision_changes SET authors = ? WHERE environment_id = ? AND path = ? AND revision = ?');
  const deleteChange = database.prepare('DELETE FROM revision_changes WHERE environment_id = ? AND path = ? AND revision = ?');
  const manifest = database.prepare(
    'SELECT * FROM revision_changes AS c WHERE environment_id = ?1 AND content IS NOT NULL AND revision = (SELECT MAX(revision) FROM revision_changes WHERE environment_id = ?1 AND path = c.path AND revision <= ?2) ORDER BY path',
  );
  const hasContent = database.prepare('SELECT 1 FROM revision_contents WHERE sha256 = ?');
  const content = database.prepare('SELECT data FROM revision_contents WHERE sha256 = ?');
  const insertContent = database.prepare('INSERT OR IGNORE INTO revision_contents (sha256, data) VALUES (?, ?)');
  const dropContent = database.prepare('DELETE FROM revision_contents WHERE sha256 = ? AND NOT EXISTS (SELECT 1 FROM revision_changes WHERE content = sha256)');
  const contentsOf = database.prepare('SELECT DISTINCT content, kind FROM revision_changes WHERE environment_id = ? AND content IS NOT NULL');
  const bytesOf = database.prepare('SELECT COALESCE(SUM(LENGTH(data)), 0) AS bytes FROM revision_contents WHERE sha256 IN (SELECT content FROM revision_changes WHERE environment_id = ?)');
  const clear = [database.prepare('DELETE FROM revision_changes WHERE environment_id = ?'), database.prepare('DELETE FROM revisions WHERE environment_id = ?')];

  const latest = (environmentId: string) => lastRevision.get(environmentId) as RevisionRow | undefined;
  const before = (environmentId: string, path: string, revision: number) => contentOf(changeBefore.get(environmentId, path, revision) as ChangeRow | undefined);
  const rowsOf = (environmentId: string, revision: number) => changesOf.all(environmentId, revision) as unknown as ChangeRow[];
  const shas = (environmentId: string) => contentsOf.all(environmentId) as { content: string; kind: 'text' | 'binary' }[];

  return {
    latest(environmentId: string): (Revision & { logSeq: number }) | undefined {
      const row = latest(environmentId);
      return row === undefined ? undefined : { ...revisionOf(row), logSeq: row.log_seq };
    },
    get(environmentId: string, revision: number): Revision | undefined {
      const row = oneRevision.get(environmentId, revision) as RevisionRow | undefined;
      return row === undefined ? undefined : revisionOf(row);
    },
    all: (environmentId: string): Revision[] => (allRevisions.all(environmentId) as unknown as RevisionRow[]).map(revisionOf),
    /** Newest first, older than `before`; with a path only those that changed it. */
    list(environmentId: string, beforeRevision: number, limit: number, path?: string): Revision[] {
      const rows = path === undefined ? someRevisions.all(environmentId, beforeRevision, limit) : ofPath.all(environmentId, beforeRevision, path, limit);
      return (rows as unknown as RevisionRow[]).map(revisionOf);
    },
    namedCount: (environmentId: string): number => (named.get(environmentId) as { n: number }).n,
    /** By path; what came to the same in the end is left out. */
    changes: (environmentId: string, revision: number): Change[] =>
      rowsOf(environmentId, revision).flatMap((row) => {
        const change: Change = { path: row.path, before: before(environmentId, row.path, revision), after: contentOf(row), authors: JSON.parse(row.authors) as string[] };
        return same(change.before, change.after) ? [] : [change];
      }),
    /** All files of a revision, by path. */
    manifest: (environmentId: string, revision: number): Map<string, Content> =>
      new Map((manifest.all(environmentId, revision) as unknown as ChangeRow[]).flatMap((row) => {
        const found = contentOf(row);
        return found === undefined ? [] : [[row.path, found]];
      })),
    /** Whether any revision has or had a file there. */
    hasPath: (environmentId: string, path: string): boolean => changeBefore.get(environmentId, path, Number.MAX_SAFE_INTEGER) !== undefined,
    /** Whether a text is stored; `put` stores one. */
    has: (sha256: string): boolean => hasContent.get(sha256) !== undefined,
    put: (sha256: string, compressed: Uint8Array): void => void insertContent.run(sha256, compressed),
    text(sha256: string): Uint8Array<ArrayBuffer> | undefined {
      const row = content.get(sha256) as { data: Uint8Array } | undefined;
      return row === undefined ? undefined : new Uint8Array(inflateRawSync(row.data));
    },
    /**
     * Inside the caller's transaction: the number of the new revision, or of the latest one when nothing differs from it and `name`, `kind` and
     * `restored` ask for none.
     */
    add(environmentId: string, { logSeq, changes, startedAt, at, authors, kind, restored, name }: NewRevision): number {
      const last = latest(environmentId);
      const revision = (last?.revision ?? 0) + 1;
      const real = changes.filter(({ path, after }) => !same(before(environmentId, path, revision), after));
      if (real.length === 0 && last !== undefined && restored === undefined && (name === undefined || last.name === null)) {
        setSeq.run(logSeq, environmentId, last.revision);
        if (name !== undefined) setName.run(name, environmentId, last.revision);
        return last.revision;
      }
      insertRevision.run(environmentId, revision, logSeq, startedAt, at, JSON.stringify(authors), kind, restored ?? null, name ?? null);
      for (const { path, after, authors: by } of real) {
        insertChange.run(environmentId, path, revision, after?.file ?? null, after?.kind ?? null, after?.sha256 ?? null, after?.size ?? null, after?.mode ?? null, JSON.stringify(by));
      }
      return revision;
    },
    rename: (environmentId: string, revision: number, name: string | undefined): void => void setName.run(name ?? null, environmentId, revision),
    /** Inside the caller's transaction: the revision is gone, and what it changed is part of the next one. */
    mergeInto(environmentId: string, revision: number, next: number): void {
      const [from, to] = [oneRevision.get(environmentId, revision), oneRevision.get(environmentId, next)] as unknown as [RevisionRow, RevisionRow];
      const present = new Map(rowsOf(environmentId, next).map((row) => [row.path, row]));
      for (const { path, authors: by } of rowsOf(environmentId, revision)) {
        const later = present.get(path);
        if (later === undefined) {
          moveChange.run(next, environmentId, path, revision);
          continue;
        }
        deleteChange.run(environmentId, path, revision);
        setChangeAuthors.run(JSON.stringify([...new Set([...(JSON.parse(by) as string[]), ...(JSON.parse(later.authors) as string[])])]), environmentId, path, next);
      }
      const authors = [...(JSON.parse(from.authors) as Author[]), ...(JSON.parse(to.authors) as Author[])];
      const once = new Map(authors.map((author) => [`${author.kind}:${author.id}`, author]));
      setAuthors.run(JSON.stringify([...once.values()]), from.started_at, environmentId, next);
      deleteRevision.run(environmentId, revision);
    },
    /** Compressed bytes of the texts that its revisions hold. */
    bytes: (environmentId: string): number => (bytesOf.get(environmentId) as { bytes: number }).bytes,
    /** Blobs that its revisions hold. */
    blobs: (environmentId: string): Set<string> => new Set(shas(environmentId).flatMap(({ kind, content: sha256 }) => (kind === 'binary' ? [sha256] : []))),
    texts: (environmentId: string): string[] => shas(environmentId).flatMap(({ kind, content: sha256 }) => (kind === 'text' ? [sha256] : [])),
    /** Inside the caller's transaction: of these, those that no revision of any environment holds are deleted. */
    dropUnused(sha256s: readonly string[]): void {
      for (const sha256 of sha256s) dropContent.run(sha256);
    },
    removeAll(environmentId: string): void {
      const texts = this.texts(environmentId);
      for (const statement of clear) statement.run(environmentId);
      this.dropUnused(texts);
    },
  };
}

export const compress = (bytes: Uint8Array): Uint8Array => deflateRawSync(bytes);

function revisionOf({ revision, started_at, at, authors, kind, restored, name }: RevisionRow): Revision {
  return { revision, startedAt: started_at, at, authors: JSON.parse(authors) as Author[], kind, restored: restored ?? undefined, name: name ?? undefined };
}

function contentOf(row: ChangeRow | undefined): Content | undefined {
  if (row?.content == null || row.kind === null) return undefined;
  return { file: row.file ?? '', kind: row.kind, sha256: row.content, size: row.size ?? 0, mode: row.mode ?? undefined };
}

/** The file's id does not count: it is another one after a file was deleted and made again. */
function same(a: Content | undefined, b: Content | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.kind === b.kind && a.sha256 === b.sha256 && (a.mode ?? 0o644) === (b.mode ?? 0o644);
}
