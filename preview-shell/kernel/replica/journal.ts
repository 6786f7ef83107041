import * as z from 'zod';
import { SysError } from '../../abi/errno.ts';
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../disk/constants.ts';
import { whenLoaded, type Disk } from '../disk/index.ts';
import { DirectoryInode, entriesOf, FileInode } from '../disk/inode.ts';
import { mkdirp, unlink } from '../disk/names.ts';
import { copyOf, writeWhole } from '../disk/whole-files.ts';

const FOLDER = '/home/.terrarium';
const FILE = `${FOLDER}/replica.jsonl`;
const REVISIONS = `${FOLDER}/revisions`;
const BASE = { cwd: '/', umask: 0o022 };
/** A file whose agreement was interrupted has the hash before and the one that was to come; more are of no use. */
const MAX_AGREED = 4;
/** Lines beyond what the table itself takes, before it is written anew. */
const MAX_EXTRA_LINES = 2000;

interface Entry {
  agreed: string[];
  /** Revision that the file's content is a change of, while the document has not got it. */
  base: string | null;
  /** What the file held when a program began to write it, while it has not closed it. */
  open: string | null;
  /** The name under which the document has the file, while that has not got the one that a program gave it. */
  from: string | null;
}

const NOTHING: Entry = { agreed: [], base: null, open: null, from: null };

const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** One line: what holds for a path from there on. */
const lineSchema = z.tuple([z.string(), z.array(hash), hash.nullable(), hash.nullable(), z.string().nullable().optional()]);

/**
 * What document and disk last agreed on, for each file, kept on the disk itself beside what it speaks of, one line for each change and in the same
 * turn as that. A new agreement is noted before the file is written: after a crash in between both hashes count, and neither looks like an edit.
 */
export class AgreementJournal {
  private readonly disk: Disk;
  private readonly entries: Map<string, Entry>;
  private extraLines = 0;

  private constructor(disk: Disk, entries: Map<string, Entry>) {
    this.disk = disk;
    this.entries = entries;
    this.attempt(() => this.rewrite());
    this.attempt(() => this.sweep());
  }

  static async open(disk: Disk): Promise<AgreementJournal> {
    return new AgreementJournal(disk, await read(disk));
  }

  agreed(path: string): string[] {
    return this.get(path).agreed;
  }

  base(path: string): string | null {
    return this.get(path).base;
  }

  /** The name that the document knows the file by, where that is not this one. */
  movedFrom(path: string): string | null {
    return this.get(path).from;
  }

  paths(): string[] {
    return [...this.entries].filter(([, { agreed }]) => agreed.length > 0).map(([path]) => path);
  }

  /** Files that a crash left half written, and what they held before. */
  halfWritten(): [path: string, revision: string][] {
    return [...this.entries].flatMap(([path, { open }]) => (open === null ? [] : [[path, open]]));
  }

  /** Both sides are about to have this. */
  expect(path: string, next: string): void {
    const before = this.agreed(path);
    if (before.at(-1) !== next) this.set(path, { ...this.get(path), agreed: [...before.filter((known) => known !== next), next].slice(-MAX_AGREED) });
  }

  /** Both sides have this, or neither has such a file. A name is not agreed on with that: `named`. */
  settle(path: string, content: string | null): void {
    const before = this.get(path);
    this.set(path, { ...before, agreed: content === null ? [] : [content], base: null, from: content === null ? null : before.from });
  }

  /** The document has, durably, a file of this name. */
  named(path: string): void {
    this.set(path, { ...this.get(path), from: null });
  }

  /** The page gives a file another name. That which it had before a program named it may be all that is durable. */
  movedByPage(from: string, to: string): void {
    const origin = this.movedFrom(from);
    this.set(to, { ...this.get(to), from: origin === to ? null : origin });
  }

  /** The file's content is, or will be, a change of a revision that the document had: its bytes are kept until both agree again. */
  diverge(path: string, revision: string, bytes: Uint8Array | undefined, options: { agreed?: string } = {}): void {
    if (bytes === undefined) return;
    this.keep(revision, bytes);
    this.set(path, { ...this.get(path), ...(options.agreed === undefined ? {} : { agreed: [options.agreed] }), base: revision });
  }

  /**
   * A program gives a file that the document has another name. What is known of it goes along, and stays under the old name too, where it tells that
   * the file is gone. Over a file that the document has it is no new name but another content of that.
   */
  moved(from: string, to: string): void {
    const before = this.get(from);
    if (before.agreed.length === 0) return;
    if (this.agreed(to).length > 0 && before.from !== to) return;
    const origin = before.from ?? from;
    if (origin === to) this.set(to, { ...before, from: null });
    else this.set(to, { ...before, from: origin });
    if (before.from === null) this.end(from);
    else this.set(from, NOTHING);
  }

  /** A program begins to write: until it has closed the file, what that held is what counts. */
  begin(path: string, revision: string, bytes: Uint8Array): void {
    this.keep(revision, bytes);
    this.set(path, { ...this.get(path), open: revision });
  }

  end(path: string): void {
    if (this.get(path).open !== null) this.set(path, { ...this.get(path), open: null });
  }

  private get(path: string): Entry {
    return this.entries.get(path) ?? NOTHING;
  }

  private keep(revision: string, bytes: Uint8Array): void {
    this.attempt(() => {
      mkdirp(this.disk, REVISIONS, 0o755, BASE);
      if (this.disk.find(`${REVISIONS}/${revision}`, BASE) === undefined) this.write(`${REVISIONS}/${revision}`, bytes, O_TRUNC);
    });
  }

  /** The bytes that it keeps of a revision. @throws {NotLoaded} */
  revision(content: string): Uint8Array | undefined {
    const inode = this.disk.find(`${REVISIONS}/${content}`, BASE);
    return inode instanceof FileInode ? copyOf(inode) : undefined;
  }

  private set(path: string, entry: Entry): void {
    const before = this.get(path);
    if (lineOf(path, before) === lineOf(path, entry)) return;
    if (lineOf(path, entry) === lineOf(path, NOTHING)) this.entries.delete(path);
    else this.entries.set(path, entry);
    this.attempt(() => this.append(path, entry));
    for (const revision of [before.base, before.open]) if (revision !== null) this.attempt(() => this.drop(revision));
  }

  private append(path: string, entry: Entry): void {
    if (++this.extraLines > MAX_EXTRA_LINES + this.entries.size) this.rewrite();
    else this.write(FILE, lineOf(path, entry), O_APPEND);
  }

  private rewrite(): void {
    mkdirp(this.disk, FOLDER, 0o755, BASE);
    this.write(FILE, [...this.entries].map(([path, entry]) => lineOf(path, entry)).join(''), O_TRUNC);
    this.extraLines = 0;
  }

  private drop(revision: string): void {
    if (![...this.entries.values()].some(({ base, open }) => base === revision || open === revision)) unlink(this.disk, `${REVISIONS}/${revision}`, BASE);
  }

  /** Revisions that a crash has left. */
  private sweep(): void {
    const folder = this.disk.find(REVISIONS, BASE);
    if (folder instanceof DirectoryInode) for (const revision of [...entriesOf(folder).keys()]) this.drop(revision);
  }

  private write(path: string, content: string | Uint8Array, flags: number): void {
    void writeWhole(this.disk, path, typeof content === 'string' ? new TextEncoder().encode(content) : content, O_WRONLY | O_CREAT | flags, 0o644, BASE);
  }

  /** A journal that cannot be written (the disk is full, a program spoiled it) must not stop what it speaks of: less is known after a restart. */
  private attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }
}

const lineOf = (path: string, { agreed, base, open, from }: Entry): string => `${JSON.stringify([path, agreed, base, open, ...(from === null ? [] : [from])])}\n`;

async function read(disk: Disk): Promise<Map<string, Entry>> {
  const inode = disk.find(FILE, BASE);
  const entries = new Map<string, Entry>();
  if (!(inode instanceof FileInode)) return entries;
  const text = new TextDecoder().decode(await whenLoaded(() => copyOf(inode)));
  for (const line of text.split('\n')) {
    const parsed = lineSchema.safeParse(parse(line));
    if (!parsed.success) continue;
    const [path, agreed, base, open, from = null] = parsed.data;
    entries.set(path, { agreed, base, open, from });
  }
  return entries;
}

/** A line that a program spoiled says nothing: what is not known to agree is not deleted. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
