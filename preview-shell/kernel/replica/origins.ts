/** Of how many contents it is kept. */
const MAX_ORIGINS = 1000;

/** For contents that the document has not got: what they are changes of. By path, for a content may be there under several. */
export class Origins {
  private readonly bases = new Map<string, string>();

  /** @param revision of the file that it is a change of; null: the document has it */
  note(path: string, hash: string, revision: string | null): void {
    const key = keyOf(path, hash);
    this.bases.delete(key);
    if (revision !== null && revision !== hash) this.bases.set(key, revision);
    for (const oldest of this.bases.keys()) {
      if (this.bases.size <= MAX_ORIGINS) return;
      this.bases.delete(oldest);
    }
  }

  /** The revision of the document that a content is a change of; itself where the document has it. */
  of(path: string, hash: string): string {
    const seen = new Set<string>();
    for (let at = hash; ; ) {
      seen.add(at);
      const base = this.bases.get(keyOf(path, at));
      // Programs that undo each other's changes.
      if (base === undefined || seen.has(base)) return at;
      at = base;
    }
  }

  /** A file has another name: what programs have read of it they have read under the old one. */
  moved(from: string, to: string): void {
    for (const [key, revision] of [...this.bases]) {
      if (!key.startsWith(keyOf(from, ''))) continue;
      this.bases.delete(key);
      this.bases.set(keyOf(to, key.slice(keyOf(from, '').length)), revision);
    }
  }
}

const keyOf = (path: string, hash: string): string => `${path}\0${hash}`;
