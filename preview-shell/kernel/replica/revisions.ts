import type { FileInode } from '../disk/inode.ts';
import type { Revision } from '../disk/read-record.ts';

/** Bytes of recent contents that are kept in memory, together. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** Larger ones are not merged. */
const MAX_BYTES = 1024 * 1024;
/** Of one file: what a program may have read and not written back yet. */
const MAX_HASHES = 100;

/** What files held before: which content a revision of an inode had, and the bytes of recent contents. */
export class Revisions {
  private readonly hashes = new WeakMap<FileInode, { version: number; hash: string }[]>();
  private readonly contents = new Map<string, Uint8Array>();
  private size = 0;

  note(inode: FileInode, version: number, hash: string, bytes: Uint8Array): void {
    const known = this.hashes.get(inode) ?? [];
    this.hashes.set(inode, [...known.slice(1 - MAX_HASHES), { version, hash }]);
    this.keep(hash, bytes);
  }

  /** The content that it had, or, where nobody looked at that, the one before. */
  hashOf({ inode, version }: Revision): string | undefined {
    const before = this.hashes.get(inode)?.filter((known) => known.version <= version) ?? [];
    return before.reduce<(typeof before)[number] | undefined>((latest, known) => (latest === undefined || known.version >= latest.version ? known : latest), undefined)?.hash;
  }

  bytes(hash: string): Uint8Array | undefined {
    return this.contents.get(hash);
  }

  /** For programs that go on with it. */
  keep(hash: string, bytes: Uint8Array): void {
    if (bytes.length > MAX_BYTES) return;
    const before = this.contents.get(hash);
    this.contents.delete(hash);
    this.contents.set(hash, before ?? bytes);
    if (before === undefined) this.size += bytes.length;
    for (const [oldest, { length }] of this.contents) {
      if (this.size <= KEPT_BYTES) return;
      this.contents.delete(oldest);
      this.size -= length;
    }
  }
}
