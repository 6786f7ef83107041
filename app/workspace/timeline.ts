/** The timeline as its panel shows it: the pages loaded so far, kept fresh while the document changes. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { readTimeline } from '../api/history.ts';
import type { Revision, TimelinePage } from '../api/history.ts';
import { describeError, isAbort } from '../state/describe-error.ts';
import type { Described } from '../state/describe-error.ts';

/** Between a change of the document and the question what came of it, in milliseconds. */
const REFRESH_MS = 1500;
/** A step that goes on is over after a pause, which nothing announces. */
const PENDING_MS = 5000;

export interface TimelineState {
  revisions: Revision[] | undefined;
  pending: TimelinePage['pending'];
  /** What to ask for to see more. */
  next: number | null;
  error: Described | undefined;
}

export class Timeline {
  readonly store: StoreApi<TimelineState> = createStore<TimelineState>(() => ({ revisions: undefined, pending: null, next: null, error: undefined }));
  readonly #environmentId: string;
  readonly #path: string | undefined;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(environmentId: string, path?: string) {
    this.#environmentId = environmentId;
    this.#path = path;
  }

  /** Asks again soon. */
  changed(): void {
    this.#timer ??= setTimeout(() => void this.refresh(), REFRESH_MS);
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const page = await this.#load(undefined);
    if (page === undefined) return;
    const known = this.store.getState();
    const oldest = page.revisions.at(-1)?.revision ?? 0;
    // Pages below the first stay when they join it.
    const rest = page.next === null ? [] : (known.revisions ?? []).filter(({ revision }) => revision < oldest);
    this.store.setState({ revisions: [...page.revisions, ...rest], pending: page.pending, next: rest.length > 0 ? known.next : page.next, error: undefined });
    if (page.pending !== null) this.#timer = setTimeout(() => void this.refresh(), PENDING_MS);
  }

  async more(): Promise<void> {
    const { next, revisions } = this.store.getState();
    if (next === null) return;
    const page = await this.#load(next);
    if (page !== undefined) this.store.setState({ revisions: [...(revisions ?? []), ...page.revisions], next: page.next });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #load(before: number | undefined): Promise<TimelinePage | undefined> {
    try {
      return await readTimeline(this.#environmentId, { ...(before === undefined ? {} : { before }), path: this.#path, signal: this.#abort.signal });
    } catch (error) {
      if (!isAbort(error)) this.store.setState({ error: describeError(error) });
      return undefined;
    }
  }
}
