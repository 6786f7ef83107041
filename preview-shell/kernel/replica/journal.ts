import { mkdirp } from '../disk/names.ts';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../disk/constants.ts';
import { whenLoaded, type Disk } from '../disk/index.ts';
import { FileInode } from '../disk/inode.ts';
import { copyOf, writeWhole } from '../disk/whole-files.ts';

const FOLDER = '/home/.terrarium';
const FILE = `${FOLDER}/replica.json`;
const BASE = { cwd: '/', umask: 0o022 };
const WRITE_BEHIND_MS = 100;
/** A file whose agreement was interrupted has the hash before and the one that was to come; more are of no use. */
const MAX_AGREED = 4;

/**
 * What document and disk last agreed on, for each file, kept on the disk itself beside what it speaks of. A new agreement is noted before the
 * file is written: after a crash in between both hashes count, and neither looks like somebody's edit.
 */
export class AgreementJournal {
  private readonly disk: Disk;
  private readonly agreed: Map<string, string[]>;
  private timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(disk: Disk, agreed: Map<string, string[]>) {
    this.disk = disk;
    this.agreed = agreed;
  }

  static async open(disk: Disk): Promise<AgreementJournal> {
    return new AgreementJournal(disk, await read(disk));
  }

  get(path: string): string[] {
    return this.agreed.get(path) ?? [];
  }

  paths(): Iterable<string> {
    return this.agreed.keys();
  }

  /** Both sides are about to have this. */
  expect(path: string, hash: string): void {
    const before = this.get(path);
    if (before.at(-1) === hash) return;
    this.agreed.set(path, [...before.filter((known) => known !== hash), hash].slice(-MAX_AGREED));
    this.schedule();
  }

  /** Both sides have this, or neither has such a file. */
  settle(path: string, hash: string | null): void {
    if (hash === null) this.agreed.delete(path);
    else this.agreed.set(path, [hash]);
    this.schedule();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    mkdirp(this.disk, FOLDER, 0o755, BASE);
    void writeWhole(this.disk, FILE, new TextEncoder().encode(JSON.stringify(Object.fromEntries(this.agreed))), O_WRONLY | O_CREAT | O_TRUNC, 0o644, BASE);
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => this.flush(), WRITE_BEHIND_MS);
  }
}

async function read(disk: Disk): Promise<Map<string, string[]>> {
  try {
    const bytes = await whenLoaded(() => {
      const inode = disk.lookup(FILE, BASE);
      return inode instanceof FileInode ? copyOf(inode) : new Uint8Array(0);
    });
    const table = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, string[]>;
    return new Map(Object.entries(table).filter(([, hashes]) => Array.isArray(hashes)));
  } catch {
    // None yet, or one that a program spoiled: then nothing is known to agree, and nothing is deleted for it.
    return new Map();
  }
}
