import type { FileInode } from './inode.ts';

/** A revision of a file: its content after so many changes. */
export interface Revision {
  readonly inode: FileInode;
  /** `FileInode.version` of then. */
  readonly version: number;
}

/**
 * Which revisions of followed files one process has read. A program changes what it has read: what it writes is a change of that revision and
 * not of what the file holds by then (kernel/replica merges accordingly).
 */
export class ReadRecord {
  private readonly byPath = new Map<string, Revision>();

  note(path: string, revision: Revision): void {
    this.byPath.set(path, revision);
  }

  at(path: string): Revision | undefined {
    return this.byPath.get(path);
  }

  /** By the path that it had when it was read, for a file that has been replaced by another since; else by the file itself. */
  of(path: string, inode: FileInode): Revision | undefined {
    return this.byPath.get(path) ?? [...this.byPath.values()].findLast((revision) => revision.inode === inode);
  }
}
