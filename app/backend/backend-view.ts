/** What the backend panel shows, kept fresh: often while somebody looks at it, seldom otherwise, for the count of errors beside its name. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { getBackend, getBackendStats, readBackendEvents } from '../api/backend.ts';
import type { BackendEntry, BackendStats, BackendStatus } from '../api/backend.ts';
import { describeError, isAbort } from '../state/describe-error.ts';
import type { Described } from '../state/describe-error.ts';

export interface BackendViewState {
  /** Undefined until it has come. */
  status: BackendStatus | undefined;
  stats: BackendStats | undefined;
  /** Lines, errors, states, requests to other hosts; oldest first. */
  log: BackendEntry[];
  requests: BackendEntry[];
  /** Errors that came while nobody looked. */
  unseenErrors: number;
  error: Described | undefined;
}

/** The calls it makes; the page's own, or a test's. */
export interface BackendCalls {
  status: typeof getBackend;
  stats: typeof getBackendStats;
  events: typeof readBackendEvents;
}

/** Between two rounds, in milliseconds. */
const WATCHED_MS = 1000;
const UNWATCHED_MS = 5000;
/** Entries kept of each list. */
const KEPT = 1000;

export class BackendView {
  readonly store: StoreApi<BackendViewState> = createStore<BackendViewState>(() => ({ status: undefined, stats: undefined, log: [], requests: [], unseenErrors: 0, error: undefined }));
  readonly #environmentId: string;
  readonly #calls: BackendCalls;
  #abort = new AbortController();
  readonly #cursors: { logs: number | undefined; requests: number | undefined } = { logs: undefined, requests: undefined };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round: Promise<void> | undefined;
  #isWatched = false;

  constructor(environmentId: string, calls: BackendCalls = { status: getBackend, stats: getBackendStats, events: readBackendEvents }) {
    this.#environmentId = environmentId;
    this.#calls = calls;
  }

  /** Keeps it fresh until the result is called. */
  start(): () => void {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    void this.refresh();
    return () => this.#abort.signal === signal && this.dispose();
  }

  /** Whether somebody looks at the panel. */
  watch(isWatched: boolean): void {
    this.#isWatched = isWatched;
    if (isWatched) this.store.setState({ unseenErrors: 0 });
    void this.refresh();
  }

  /** One round; calls that come while one runs share it. */
  refresh(): Promise<void> {
    this.#round ??= this.#read().finally(() => {
      this.#round = undefined;
      if (this.#abort.signal.aborted) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.refresh(), this.#isWatched ? WATCHED_MS : UNWATCHED_MS);
    });
    return this.#round;
  }

  /** Empties what is shown; the server keeps it. */
  clear(list: 'log' | 'requests'): void {
    this.store.setState({ [list]: [] });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const { signal } = this.#abort;
    try {
      const status = await this.#calls.status(this.#environmentId, signal);
      this.store.setState({ status, error: undefined });
      if (!status.present && status.state === 'absent') return;
      await Promise.all([this.#readList('logs', signal), ...(this.#isWatched ? [this.#readList('requests', signal), this.#readStats(signal)] : [])]);
    } catch (error) {
      if (!isAbort(error)) this.store.setState({ error: describeError(error) });
    }
  }

  async #readStats(signal: AbortSignal): Promise<void> {
    this.store.setState({ stats: await this.#calls.stats(this.#environmentId, signal) });
  }

  async #readList(list: 'logs' | 'requests', signal: AbortSignal): Promise<void> {
    const after = this.#cursors[list];
    const { records, next } = await this.#calls.events(this.#environmentId, list, after, signal);
    // A server that started anew counts from the beginning.
    this.#cursors[list] = after !== undefined && next < after ? undefined : next;
    if (records.length === 0) return;
    const key = list === 'logs' ? 'log' : 'requests';
    const errors = after === undefined || this.#isWatched || list === 'requests' ? 0 : records.filter(({ event }) => event.kind === 'error').length;
    this.store.setState((state) => ({ [key]: [...state[key], ...records].slice(-KEPT), unseenErrors: state.unseenErrors + errors }));
  }
}
