/** Whose each source of one environment is, and which of its records were taken: outlives connections, so that a page that comes back goes on (SPEC H4, D1). */
import { authorKey } from '../../shared/document/author.ts';
import type { Author } from '../../shared/document/author.ts';

export interface Source<Link> {
  readonly id: string;
  readonly owner: string;
  /** Number of the last record that was taken. */
  taken: number;
  link: Link | undefined;
}

/** Sources without a connection that are remembered; the one that left first is forgotten first. */
const MOST_AWAY = 256;

export class Sources<Link> {
  readonly #sources = new Map<string, Source<Link>>();

  /** `undefined` when it belongs to somebody else. */
  claim(id: string, author: Author): Source<Link> | undefined {
    const owner = authorKey(author);
    const known = this.#sources.get(id);
    if (known !== undefined) return known.owner === owner ? known : undefined;
    const source: Source<Link> = { id, owner, taken: 0, link: undefined };
    this.#sources.set(id, source);
    return source;
  }

  /** Its connection ended: it may come back. */
  release(source: Source<Link>): void {
    source.link = undefined;
    // To the end of the order, which is the order of leaving.
    this.#sources.delete(source.id);
    this.#sources.set(source.id, source);
    const away = [...this.#sources.values()].filter(({ link }) => link === undefined);
    for (const { id } of away.slice(0, Math.max(0, away.length - MOST_AWAY))) this.#sources.delete(id);
  }

  links(): Link[] {
    return [...this.#sources.values()].flatMap(({ link }) => link ?? []);
  }
}
