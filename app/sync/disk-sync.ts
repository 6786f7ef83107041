/** Keeps the document and the container's disk the same. Rules: SPEC.md. */
import type * as Y from 'yjs';
import type { StoreApi } from 'zustand/vanilla';
import { TerrariumError } from '../../shared/errors/error.ts';
import { filesMap, listFiles } from '../../shared/document/schema.ts';
import type { ContainerClient } from '../container/client.ts';
import type { RoomWrites } from '../document/room-writes.ts';
import { DiskSide } from './disk-side.ts';
import { DocumentSide } from './document-side.ts';
import { ReplicaLink } from './replica-link.ts';
import { RoomSender } from './room-sender.ts';
import { StatusBoard, type SyncStatus } from './status.ts';
import { SyncState } from './sync-state.ts';

export { DISK_ORIGIN } from './sync-state.ts';

export interface DocumentStore {
  /** Resolves when everything in the document is durable. */
  whenSaved(): Promise<void>;
  readBlob(hash: string): Promise<ArrayBuffer>;
  /** Stores bytes under their hash; resolves when they are durable. */
  putBlob(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** How what programs write reaches the room. */
  readonly writes: Pick<RoomWrites, 'state' | 'write'>;
}

/** Waits before the replica is started anew, in milliseconds; after the last there is no more attempt. */
const RESTARTS = [0, 200, 1000, 5000];

export class DocumentDiskSync {
  readonly status: StoreApi<SyncStatus>;
  private readonly doc: Y.Doc;
  private readonly board = new StatusBoard();
  private readonly state: SyncState;
  private readonly sender: RoomSender;
  private readonly documentSide: DocumentSide;
  private readonly diskSide: DiskSide;
  private readonly observer = (events: Y.YEvent<Y.Map<unknown>>[]): void => this.documentSide.changed(events);
  private readonly unsubscribe: () => void;
  private observing = false;

  constructor(doc: Y.Doc, store: DocumentStore) {
    this.doc = doc;
    this.status = this.board.store;
    this.state = new SyncState(doc, store, this.board);
    this.sender = new RoomSender({
      doc,
      unsent: this.state.unsent,
      flights: this.state.flights,
      writes: store.writes,
      putBlob: (hash, bytes) => store.putBlob(hash, bytes),
      resolved: (path, unsent, how, durable) => this.state.resolved(path, unsent, how, durable),
      follow: (path) => this.state.follow(path),
      failed: (path, error) => this.state.sendFailed(path, error),
    });
    this.state.send = (path) => this.sender.send(path);
    this.documentSide = new DocumentSide(this.state);
    this.state.bring = (path) => this.documentSide.again(path);
    this.state.bringFile = (id) => this.documentSide.againFile(id);
    this.diskSide = new DiskSide(this.state);
    this.unsubscribe = store.writes.state.subscribe(() => this.state.judge());
  }

  /** Resolves when the disk holds the document's files. */
  async start(container: Pick<ContainerClient, 'spawn'>): Promise<void> {
    filesMap(this.doc).observeDeep(this.observer as never);
    this.observing = true;
    await this.connect(container);
  }

  /** Calls back with each file that has been brought to the disk, other than what its own programs wrote. The result ends it. */
  onBrought(listener: (path: string) => void): () => void {
    this.state.brought.add(listener);
    return () => this.state.brought.delete(listener);
  }

  /** Resolves when the disk has everything that the document has by then. */
  settled(): Promise<void> {
    return this.documentSide.settled();
  }

  stop(): void {
    this.state.stopped = true;
    this.sender.stop();
    this.unsubscribe();
    this.documentSide.stop();
    if (this.observing) filesMap(this.doc).unobserveDeep(this.observer as never);
    this.state.link?.close();
  }

  private async connect(container: Pick<ContainerClient, 'spawn'>): Promise<void> {
    const { state } = this;
    // What changes from here on is brought when it is known what the disk has.
    this.documentSide.held = true;
    const link = await ReplicaLink.open(container, (change) => void state.enqueue(() => this.diskSide.take(change)));
    state.link = link;
    if (state.stopped) return link.close();
    const welcome = await link.hello();
    state.forgetDisk();
    await state.enqueue(() => this.diskSide.reconcile(welcome));
    await this.documentSide.bringAll(listFiles(this.doc).map(({ id }) => id));
    link.watch();
    void link.ended.then((reason) => this.restart(container, link, reason));
  }

  /** A replica that has ended is started anew, and what both sides have by then is compared as at every start. */
  private async restart(container: Pick<ContainerClient, 'spawn'>, ended: ReplicaLink, reason: TerrariumError): Promise<void> {
    for (const wait of RESTARTS) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.state.stopped || this.state.link !== ended) return;
      try {
        await this.connect(container);
        return this.board.clear('link');
      } catch (error) {
        ended = this.state.link;
        this.board.raise('link', error instanceof TerrariumError ? error : reason);
      }
    }
  }
}
