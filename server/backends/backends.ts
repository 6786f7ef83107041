/** The backends of all environments, as the rest of the server knows them (built in pool.ts). */
import type { BackendAddress, BackendDatabase, BackendStats } from './driver.ts';
import type { BackendEvent } from './events.ts';

export type BackendState = Extract<BackendEvent, { kind: 'state' }>['state'];

export interface BackendStatus {
  state: BackendState;
  /** Digest of the bundle that serves. */
  digest: string | undefined;
  /** Why it does not serve, or why the last deploy failed while an older version serves. */
  code: string | undefined;
  message: string | undefined;
  startedAt: number | undefined;
}

export interface BackendEntry {
  /** Grows by one with each event of the environment. */
  cursor: number;
  event: BackendEvent;
}

export interface BackendSnapshot {
  id: string;
  name: string;
  /** Milliseconds since the epoch. */
  at: number;
  bytes: number;
}

/** A way to a running instance; it stays up until released. */
export interface BackendUse {
  readonly address: BackendAddress;
  readonly instanceId: string;
  release(): void;
}

export interface Backends {
  /** Of each instance, in bytes. */
  readonly limits: { memory: number; disk: number };
  /** Whether the environment's document has a `backend/` folder with an entry. */
  has(environmentId: string): boolean;
  status(environmentId: string): BackendStatus;
  /**
   * The running instance: waits while one is being deployed, wakes a suspended one.
   * @throws {TerrariumError} 1200 no backend, 1201 does not start, 1202 too many deploys wait, 1203 stopped after three crashes until the next edit
   */
  use(environmentId: string, signal: AbortSignal): Promise<BackendUse>;
  /** Bundles the document's `backend/`, migrates, and puts the new version in place of the old one, which serves until then. */
  deploy(environmentId: string, signal: AbortSignal): Promise<BackendStatus>;
  suspend(environmentId: string): Promise<void>;
  /** The proxy says how an instance answers: what does not answer is probed, and killed when it is stuck. */
  noteFailure(environmentId: string, instanceId: string): void;
  database(environmentId: string, signal: AbortSignal): Promise<BackendDatabase>;
  stats(environmentId: string): Promise<BackendStats | undefined>;
  /** Deletes all rows and tables, and migrates anew. */
  reset(environmentId: string, signal: AbortSignal): Promise<void>;
  snapshot(environmentId: string, name: string, signal: AbortSignal): Promise<BackendSnapshot>;
  /** Newest first. */
  snapshots(environmentId: string): BackendSnapshot[];
  /** @throws {TerrariumError} 1221 */
  dropSnapshot(environmentId: string, snapshotId: string): Promise<void>;
  restore(environmentId: string, snapshotId: string, signal: AbortSignal): Promise<void>;
  /** Events since a cursor, bounded; and from then on. */
  events(environmentId: string, since: number, limit: number): { events: BackendEntry[]; next: number };
  subscribe(environmentId: string, listener: (entry: BackendEntry) => void): () => void;
  note(environmentId: string, event: BackendEvent): void;
  remove(environmentId: string): Promise<void>;
  close(): Promise<void>;
}
