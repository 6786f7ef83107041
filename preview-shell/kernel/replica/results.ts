import type { FileInode } from '../disk/inode.ts';
import type { ReadRecord, Revision } from '../disk/read-record.ts';
import { copyOf } from '../disk/whole-files.ts';

/** Larger ones are read when they are told; what was written over until then is not. */
const MAX_BYTES = 1024 * 1024;

/** A file as a program left it. */
export interface Result {
  inode: FileInode;
  version: number;
  bytes: Uint8Array<ArrayBuffer>;
  /** What the program had read of it. */
  read: Revision | undefined;
  writer: ReadRecord | undefined;
}

/**
 * What programs have left since it was last told, by path: of two that write one file shortly after one another, each from what it has read, both
 * changes count. Of one that writes several times the last counts.
 */
export class Results {
  private readonly root: string;
  private readonly byPath = new Map<string, Result[]>();
  /** Of files that are on their way from one name to another. */
  private readonly lifted = new WeakMap<FileInode, Result[]>();

  constructor(root: string) {
    this.root = root;
  }

  /** A program has closed the file, or given it this name. `read` of what it returns is what the program knew a moment ago, its own last writing included. */
  add(path: string, inode: FileInode): Result | undefined {
    if (inode.content.size > MAX_BYTES) return undefined;
    const at = `${this.root}/${path}`;
    const { writer, version } = inode;
    const lifted = this.lifted.get(inode) ?? [];
    this.lifted.delete(inode);
    const list = [...(this.byPath.get(path) ?? []), ...lifted.slice(0, -1)];
    const last = list.at(-1);
    // Over a file that the program has read it is a change of that; else what it was a change of under its old name.
    const read = writer?.at(at) ?? (lifted.length > 0 ? lifted.at(-1)?.read : writer?.of(at, inode));
    const result: Result = { inode, version, bytes: copyOf(inode), read, writer };
    if (last !== undefined && last.writer === writer) list.splice(-1, 1, { ...result, read: last.read });
    else list.push(result);
    this.byPath.set(path, list);
    // What a process has written it knows.
    writer?.note(at, { inode, version });
    return result;
  }

  /** A file loses a name, and is about to get another. */
  lift(path: string, inode: FileInode): void {
    // Also what the file that it has replaced held: this one may be a change of that.
    this.lifted.set(inode, this.take(path));
  }

  /** What a program left last. */
  last(path: string): Uint8Array<ArrayBuffer> | undefined {
    return this.byPath.get(path)?.at(-1)?.bytes;
  }

  take(path: string): Result[] {
    const list = this.byPath.get(path) ?? [];
    this.byPath.delete(path);
    return list;
  }

  forgetAllBut(files: ReadonlyMap<string, FileInode>): void {
    for (const path of this.byPath.keys()) if (!files.has(path)) this.byPath.delete(path);
  }
}
