/** A plain list of the document's files as a store, for what draws them; and edits on paths that the file tree and others make. */
import * as Y from 'yjs';
import { TerrariumError } from '../../shared/errors/error.ts';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { addTextFile, deleteFile, filesMap, findByPath, getFile, isProjectPath, listFiles, renameFile } from '../../shared/document/schema.ts';
import type { DocumentFile } from '../../shared/document/schema.ts';

/** What a list of files shows; the text itself is read from the document when it is needed. */
export interface FileInfo {
  id: string;
  path: string;
  kind: 'text' | 'binary';
}

/** Follows additions, removals and renames; typing in a file does not wake it. */
export function createFileList(doc: Y.Doc): StoreApi<FileInfo[]> {
  const read = () => listFiles(doc).map(({ id, path, kind }): FileInfo => ({ id, path, kind }));
  const store = createStore<FileInfo[]>(read);
  filesMap(doc).observeDeep((events) => {
    if (events.some((event) => event.target instanceof Y.Map)) store.setState(read(), true);
  });
  return store;
}

/** Marks transactions that this page's own controls make, apart from typing, remote changes and the container's disk. */
export const UI_ORIGIN = { terrarium: 'ui' } as const;

/** A path that cannot be used; the code is the one that the server gives for the same. */
export class PathError extends Error {
  override readonly name = 'PathError';
  readonly code: 'E-TERRARIUM-1004' | 'E-TERRARIUM-1008';
  constructor(message: string, code: PathError['code'] = 'E-TERRARIUM-1004') {
    super(message);
    this.code = code;
  }
}

export class FileEdits {
  readonly #doc: Y.Doc;
  readonly #mayWrite: () => boolean;

  /** `mayWrite`: a room ends the connection of a viewer that writes, so that nothing is written here. */
  constructor(doc: Y.Doc, mayWrite: () => boolean = () => true) {
    this.#doc = doc;
    this.#mayWrite = mayWrite;
  }

  /** Creates an empty (or given) text file and returns its id. Throws a `PathError` that says what is wrong with the path. */
  create(path: string, content = ''): string {
    this.#assertMayWrite();
    this.#assertFree(path);
    const id = newFileId();
    addTextFile(this.#doc, { id, path, content }, UI_ORIGIN);
    return id;
  }

  rename(id: string, path: string): void {
    this.#assertMayWrite();
    const file = getFile(this.#doc, id);
    if (file === undefined || file.path === path) return;
    this.#assertFree(path, new Set([id]));
    renameFile(this.#doc, id, path, UI_ORIGIN);
  }

  /** Moves everything below a folder, in one transaction. */
  renameFolder(from: string, to: string): void {
    this.#assertMayWrite();
    if (from === to) return;
    if (`${to}/`.startsWith(`${from}/`)) throw new PathError('A folder cannot move into itself.');
    const inside = this.#inside(from);
    const moving = new Set(inside.map(({ id }) => id));
    for (const { path } of inside) this.#assertFree(to + path.slice(from.length), moving);
    this.#doc.transact(() => {
      for (const { id, path } of inside) renameFile(this.#doc, id, to + path.slice(from.length), UI_ORIGIN);
    }, UI_ORIGIN);
  }

  delete(ids: readonly string[]): void {
    this.#assertMayWrite();
    this.#doc.transact(() => {
      for (const id of ids) deleteFile(this.#doc, id, UI_ORIGIN);
    }, UI_ORIGIN);
  }

  deleteFolder(path: string): void {
    this.delete(this.#inside(path).map(({ id }) => id));
  }

  duplicate(id: string): string | undefined {
    const file = getFile(this.#doc, id);
    if (file?.kind !== 'text') return undefined;
    return this.create(freeCopyPath(file.path, (path) => findByPath(this.#doc, path) !== undefined), file.text.toString());
  }

  #assertMayWrite(): void {
    if (!this.#mayWrite()) throw TerrariumError.of('E-TERRARIUM-1302');
  }

  #inside(folder: string): DocumentFile[] {
    return listFiles(this.#doc).filter(({ path }) => path.startsWith(`${folder}/`));
  }

  /** `except`: files that move away in the same step. A clash counts whatever the case, since disks differ in that. */
  #assertFree(path: string, except: ReadonlySet<string> = new Set()): void {
    const problem = pathProblem(path);
    if (problem !== undefined) throw new PathError(problem);
    const clash = clashProblem(path, listFiles(this.#doc).filter(({ id }) => !except.has(id)));
    if (clash !== undefined) throw new PathError(clash, 'E-TERRARIUM-1008');
  }
}

export function newFileId(): string {
  return crypto.randomUUID();
}

/** What is wrong with a path that a person typed, or `undefined`. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'A name is needed.';
  if (path.startsWith('/')) return 'Leave out the slash at the beginning: paths are inside the project.';
  if (isProjectPath(path)) return undefined;
  if (path.includes('\\')) return 'Use "/" between folders, not "\\".';
  if (path.split('/').some((part) => part === '.' || part === '..')) return 'A path cannot contain "." or "..". Name a place inside the project.';
  return 'This cannot be the name of a file. Use at most 255 ordinary characters between slashes.';
}

function clashProblem(path: string, files: readonly DocumentFile[]): string | undefined {
  const wanted = path.toLowerCase();
  for (const file of files) {
    const there = file.path.toLowerCase();
    if (there === wanted) return file.path === path ? `“${path}” exists already. Choose another name.` : `“${file.path}” exists already and differs only in case. Choose another name.`;
    if (there.startsWith(`${wanted}/`)) return `“${path}” is a folder. Choose another name.`;
    if (wanted.startsWith(`${there}/`)) return `“${file.path}” is a file, so nothing can be inside it. Choose another folder.`;
  }
  return undefined;
}

function freeCopyPath(path: string, taken: (path: string) => boolean): string {
  const slash = path.lastIndexOf('/') + 1;
  const dot = path.indexOf('.', slash + 1);
  const stem = dot === -1 ? path : path.slice(0, dot);
  const extension = dot === -1 ? '' : path.slice(dot);
  for (let n = 1; ; n++) {
    const candidate = `${stem}-copy${n === 1 ? '' : n}${extension}`;
    if (!taken(candidate)) return candidate;
  }
}
