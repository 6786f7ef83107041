import { hashOfText } from './hash.ts';

/** UTF-16 units that are kept, together. */
const KEPT_UNITS = 16 * 1024 * 1024;

/** Recent texts of files by hash: what programs may have read, to merge what they write. The longest unused goes first. */
export class Revisions {
  private readonly texts = new Map<string, string>();
  private units = 0;

  /** @returns the hash */
  keep(text: string, hash = hashOfText(text)): string {
    if (!this.texts.delete(hash)) this.units += text.length;
    this.texts.set(hash, text);
    for (const [oldest, { length }] of this.texts) {
      if (this.units <= KEPT_UNITS || oldest === hash) break;
      this.texts.delete(oldest);
      this.units -= length;
    }
    return hash;
  }

  get(hash: string): string | undefined {
    return this.texts.get(hash);
  }
}
