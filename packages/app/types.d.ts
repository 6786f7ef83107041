/** What everybody who looks at this environment's pages shares: records in collections, kept in the environment's own database. */

/** Fields of a record: what JSON can say. */
export type Fields = object;

/** A record: its own fields, and those that the server keeps. */
export type Item<T extends Fields> = T & {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** A failure that the server explains; `code` is one of its table (`E-TERRARIUM-1273`). */
export declare class SandboxError extends Error {
  constructor(message: string, details: { code: string | undefined; status: number });
  override readonly name: 'SandboxError';
  readonly code: string | undefined;
  /** HTTP status; 0 when the server was not reached. */
  readonly status: number;
}

export interface Collection<T extends Fields> {
  /** All records, oldest first. */
  list(): Promise<Item<T>[]>;
  /** @throws {SandboxError} E-TERRARIUM-1273: there is no such record */
  get(id: string): Promise<Item<T>>;
  /** With an `id` of one's own it must be a new one. */
  create(fields: T & { id?: string }): Promise<Item<T>>;
  /** Changes the fields that are named and leaves the others; a field of `null` is removed (RFC 7396). */
  update(id: string, fields: { [K in keyof T]?: T[K] | null }): Promise<Item<T>>;
  remove(id: string): Promise<void>;
  /** Calls back with all records at once and again after each change, whoever made it. The result ends it. */
  subscribe(onItems: (items: Item<T>[]) => void, onError?: (error: SandboxError) => void): () => void;
}

/** Names have up to 64 letters, digits, `_` and `-`, and begin with a letter. */
export declare function appData<T extends Fields = Record<string, unknown>>(collection: string): Collection<T>;

export interface AppDataHook<T extends Fields> extends Omit<Collection<T>, 'list' | 'get' | 'subscribe'> {
  /** The records as they are at each moment; empty until they have come. */
  items: Item<T>[];
  /** They have not come yet. */
  isLoading: boolean;
  /** Why they do not come; it goes on trying. */
  error: SandboxError | undefined;
}

/** A collection as a React hook: the component is drawn again with each change, whoever made it. Needs React 18. */
export declare function useAppData<T extends Fields = Record<string, unknown>>(collection: string): AppDataHook<T>;

export declare const SandboxAPI: {
  /** `fetch` to the environment's own backend: `SandboxAPI.fetch('/notes')`. An address of another host is refused with a `SandboxError`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Origin of the backend, without a trailing slash. */
  backendUrl(): Promise<string>;
};
