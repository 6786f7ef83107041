import { FileInode, type Inode } from '../disk/inode.ts';
import type { AgreementJournal } from './journal.ts';
import type { Origins } from './origins.ts';

/** Files that programs have given another name, until the page is told. */
export class MovedNames {
  private readonly journal: AgreementJournal;
  private readonly origins: Origins;
  private readonly isKnown: (path: string) => boolean;
  /** By the name that a program gave a file: the one that the page knows. */
  private readonly untold = new Map<string, string>();
  /** Where a file or folder was that is on its way to another name. */
  private readonly liftedFrom = new WeakMap<Inode, string>();

  /** `isKnown`: whether the page knows a file by that name. */
  constructor(journal: AgreementJournal, origins: Origins, isKnown: (path: string) => boolean) {
    this.journal = journal;
    this.origins = origins;
    this.isKnown = isKnown;
  }

  /**
   * A program gives a file or a folder another name: noted in the same turn, so that a crash does not make it one file less and one more.
   * `path` is undefined outside of the project.
   */
  observe(type: 'added' | 'removed', path: string | undefined, inode: Inode): void {
    if (type === 'removed') {
      if (path === undefined) this.liftedFrom.delete(inode);
      else this.liftedFrom.set(inode, path);
      return;
    }
    const from = this.liftedFrom.get(inode);
    this.liftedFrom.delete(inode);
    if (from === undefined || path === undefined) return;
    if (inode instanceof FileInode) return this.renamed(from, path);
    for (const known of this.journal.paths()) if (known.startsWith(`${from}/`)) this.renamed(known, path + known.slice(from.length));
  }

  /** The name that the page knows a file by, where it has not been told of this one. */
  toldNameOf(path: string): string | undefined {
    return this.untold.get(path);
  }

  /** By the name that the page knows, the one that is in `files`; all of them are about to be told. */
  take(files: ReadonlyMap<string, unknown>): Map<string, string> {
    const taken = new Map([...this.untold].filter(([path]) => files.has(path)).map(([path, told]) => [told, path]));
    this.untold.clear();
    return taken;
  }

  private renamed(from: string, to: string): void {
    this.origins.moved(from, to);
    this.journal.moved(from, to);
    const told = this.untold.get(from) ?? from;
    this.untold.delete(from);
    if (this.isKnown(told)) this.untold.set(to, told);
  }
}
