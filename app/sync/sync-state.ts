import type * as Y from 'yjs';
import { TerrariumError } from '../../shared/errors/error.ts';
import { findByPath, type DocumentFile } from '../../shared/document/schema.ts';
import { WriteFailed } from '../document/room-writes.ts';
import type { DocumentStore } from './disk-sync.ts';
import { DiskError, type ReplicaLink } from './replica-link.ts';
import { Revisions } from './revisions.ts';
import type { StatusBoard } from './status.ts';
import { fileOf, type Rebased, type Unsent } from './unsent.ts';

/** Origin of transactions that bring a change of the disk. */
export const DISK_ORIGIN = { terrarium: 'disk' } as const;

/** What both directions of the sync know together. */
export class SyncState {
  readonly doc: Y.Doc;
  readonly store: DocumentStore;
  readonly board: StatusBoard;
  readonly revisions = new Revisions();
  /** Hash of what the disk has at a path, as far as this side knows. */
  readonly disk = new Map<string, string>();
  /** What programs wrote and the room does not have yet, by path. */
  readonly unsent = new Map<string, Unsent>();
  /** Paths whose write the room has not answered yet. */
  readonly flights = new Map<string, Promise<void>>();
  /** Where each file of the document is on the disk. */
  readonly pathOf = new Map<string, string>();
  readonly brought = new Set<(path: string) => void>();
  link: ReplicaLink | undefined;
  stopped = false;
  /** Sends what is unsent at a path. */
  send: (path: string) => void = () => undefined;
  /** Brings to the disk what it is to have at a path. */
  bring: (path: string) => void = () => undefined;
  /** The same for a file of the document that may be elsewhere by now. */
  bringFile: (id: string) => void = () => undefined;
  /** What was unsent no longer is. `durable`: the room has said so. */
  resolved: (path: string, unsent: Unsent, how: Exclude<Rebased['kind'], 'unsent'>, durable?: boolean) => void = () => undefined;
  private queue: Promise<void> = Promise.resolve();
  /** Steps that have not ended. */
  private steps = 0;

  constructor(doc: Y.Doc, store: DocumentStore, board: StatusBoard) {
    this.doc = doc;
    this.store = store;
    this.board = board;
  }

  /** One step after another: each sees what the one before has done. */
  enqueue(step: () => Promise<void>): Promise<void> {
    this.steps++;
    this.queue = this.queue.then(() => this.take(step));
    return this.queue;
  }

  /** The same, begun before this returns; false when another step is under way. */
  startNow(step: () => Promise<void>): boolean {
    if (this.steps > 0) return false;
    this.steps++;
    this.queue = this.take(step);
    return true;
  }

  private async take(step: () => Promise<void>): Promise<void> {
    try {
      if (!this.stopped) await step();
    } catch (error) {
      if (!this.stopped && !(error instanceof TerrariumError)) console.warn('Sync with the disk:', error);
    } finally {
      this.steps--;
    }
  }

  /** Resolves when the room has answered what was sent of these. */
  async landed(...paths: string[]): Promise<void> {
    for (let flight = this.flightOf(paths); flight !== undefined; flight = this.flightOf(paths)) await flight;
  }

  private flightOf(paths: readonly string[]): Promise<void> | undefined {
    return paths.map((path) => this.flights.get(path)).find((flight) => flight !== undefined);
  }

  /** A new replica tells anew what there is. */
  forgetDisk(): void {
    this.disk.clear();
    this.pathOf.clear();
  }

  fileAt(path: string): DocumentFile | undefined {
    return findByPath(this.doc, path);
  }

  get isViewer(): boolean {
    return this.store.writes.state.getState() === 'viewer';
  }

  setUnsent(path: string, unsent: Unsent): void {
    this.unsent.set(path, unsent);
    this.send(path);
    this.judge();
  }

  deleteUnsent(path: string): void {
    this.unsent.delete(path);
    this.sendFailed(path, undefined);
  }

  /** What a program made of a file goes along to the name that others have given that meanwhile. A removal does not. */
  follow(path: string): void {
    const unsent = this.unsent.get(path);
    if (unsent === undefined || unsent.content === null || this.flights.has(path)) return;
    const file = fileOf(this.doc, unsent);
    if (file === undefined || file.path === path || this.unsent.has(file.path) || this.fileAt(file.path)?.id !== file.id) return;
    this.deleteUnsent(path);
    this.setUnsent(file.path, unsent);
    this.bring(path);
    this.bring(file.path);
  }

  /** What the status says follows from what there is. */
  judge(): void {
    this.board.count(this.unsent.size);
    if (this.isViewer && this.unsent.size > 0) this.board.raise('viewer', TerrariumError.of('E-TERRARIUM-1312'));
    else this.board.clear('viewer');
  }

  sendFailed(path: string, error: Error | undefined): void {
    if (error === undefined) this.board.clear(`send ${path}`);
    else this.board.raise(`send ${path}`, TerrariumError.of('E-TERRARIUM-1313', { path, reason: error instanceof WriteFailed ? error.code : error.message }));
    this.judge();
  }

  /** The disk did not take a file. */
  bringFailed(path: string, error: unknown): void {
    if (error instanceof DiskError && error.code === 'ENOSPC') this.board.raise(`disk ${path}`, TerrariumError.of('E-TERRARIUM-1311', { path }));
    else console.warn(`Sync with the disk: ${path} was not written:`, error);
  }

  /** Both have this, durably once the document is saved. Not waited for: without a connection the disk follows all the same. */
  agreed(agreements: readonly (readonly [path: string, hash: string | null])[]): void {
    const { link } = this;
    void this.store.whenSaved().then(() => {
      if (!this.stopped && this.link === link) for (const [path, hash] of agreements) if (!this.unsent.has(path)) link?.taken(path, hash);
    });
  }
}
