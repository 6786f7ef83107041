/** One environment's document: kept in this browser (y-indexeddb), synced with its room (y-websocket), with a visible state. */
import { IndexeddbPersistence } from 'y-indexeddb';
import { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { listFiles } from '../../shared/document/schema.ts';
import { bearerProtocols } from '../api/bearer.ts';
import type { TextLine } from '../channels/client.ts';
import { localCopyName } from './local-copy.ts';
import { RoomWrites } from './room-writes.ts';
import { covers, joinVectors, MESSAGE_DURABLE, readDurable, stateVectorOf } from './saved.ts';
import type { Durable } from './saved.ts';
import { documentSocket } from './socket.ts';

export type LinkState = 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'closed';

export interface DocumentState {
  link: LinkState;
  /** The server has announced a durable state that covers everything here. */
  saved: boolean;
  /** Where the files came from: nowhere yet, this browser's copy, or the room. */
  source: 'none' | 'local' | 'room';
  /** This browser refused to store the document: until the server has them, changes are in this tab alone. */
  localFull: boolean;
  /** Why the room closed for good, in the server's words. */
  closedReason: { code: number; reason: string } | undefined;
}

export interface DocumentConnection {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** Conditional writes, for what programs of the container write. */
  readonly writes: RoomWrites;
  readonly state: StoreApi<DocumentState>;
  /** Resolves when files can be shown: the room has synced, or this browser's copy is there and not empty. Rejects when the room refuses. */
  readonly ready: Promise<void>;
  /** Resolves with the next state in which everything is saved (at once when it is). */
  whenSaved(): Promise<void>;
  destroy(): void;
}

/** The room refused for good: no such environment, or no right to it. `closeCode` is 44xx, mirroring HTTP's 4xx. */
export class RoomClosedError extends Error {
  override readonly name = 'RoomClosedError';
  readonly closeCode: number;
  constructor(closeCode: number, reason: string) {
    super(reason === '' ? `The room closed the connection (${closeCode}).` : reason);
    this.closeCode = closeCode;
  }
}

/** The store of y-indexeddb's database that its updates are appended to. */
const UPDATES = 'updates';
/** Storage that was refused is asked for again after so long. */
const KEEP_AGAIN_MS = 5000;
/** The server announces what it has stored at once. When it says nothing for so long after something was sent, the network swallows it, in milliseconds. */
const SILENCE_MS = 10_000;
/** More bytes than this may be on their way for longer. */
const SOON_SENT_BYTES = 256 * 1024;
const LISTEN_EVERY_MS = 1000;

/** What was sent on the connection that is open. */
interface Sent {
  /** Messages with content. */
  count: number;
  /** Since the server's last announcement: bytes, and when they began to go, 0 while there are none. */
  bytes: number;
  askedAt: number;
}

export function openDocument(options: { environmentId: string; socketBase: string; channels?: () => TextLine | undefined; keptAs?: string }): DocumentConnection {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const state = createStore<DocumentState>(() => ({ link: navigator.onLine ? 'connecting' : 'offline', saved: true, source: 'none', localFull: false, closedReason: undefined }));
  const sent: Sent = { count: 0, bytes: 0, askedAt: 0 };
  const provider = new WebsocketProvider(options.socketBase, options.environmentId, doc, { awareness, disableBc: true, protocols: ['terrarium.v1', ...bearerProtocols()], WebSocketPolyfill: documentSocket((count, bytes) => note(sent, count, bytes), options.channels ?? (() => undefined)) });
  const writes = new RoomWrites(provider);
  const local = new IndexeddbPersistence(options.keptAs === undefined ? localCopyName(options.environmentId) : `terrarium:${options.keptAs}:${options.environmentId}`, doc);
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => {});

  followLocal(local, doc, state, ready.resolve);
  followLink(provider, state, ready);
  const stopOnline = followOnline(provider, state);
  followSaved(provider, doc, state, sent);
  const stopListening = followSilence(provider, state, sent);

  return {
    doc,
    awareness,
    writes,
    state,
    ready: ready.promise,
    whenSaved: () => whenState(state, ({ saved }) => saved),
    destroy() {
      stopOnline();
      stopListening();
      provider.destroy();
      void local.destroy();
      awareness.destroy();
      doc.destroy();
    },
  };
}

function followLocal(local: IndexeddbPersistence, doc: Y.Doc, state: StoreApi<DocumentState>, ready: () => void): void {
  const onLoaded = () => {
    if (listFiles(doc).length === 0) return;
    if (state.getState().source === 'none') state.setState({ source: 'local' });
    ready();
  };
  // Without this browser's storage (private mode, blocked) the document still comes from the room.
  local.whenSynced.then(onLoaded, () => {});
  local.whenSynced.then(() => {
    // A transaction that fails for want of space aborts, and the event bubbles to its database (Indexed Database API 3.0, 5.5).
    local.db?.addEventListener('abort', ({ target }) => {
      const { error } = target as IDBTransaction;
      if (error?.name !== 'QuotaExceededError' || state.getState().localFull) return;
      state.setState({ localFull: true });
      keepWhole(local, doc, () => state.setState({ localFull: false }));
    });
  }, () => {});
}

/**
 * What was refused is missing among the stored updates, and all that builds upon it is worth nothing without it: the whole state is stored
 * as one update more as soon as there is room, and the next start reads through the gap.
 */
function keepWhole(local: IndexeddbPersistence, doc: Y.Doc, onKept: () => void): void {
  setTimeout(() => {
    if (doc.isDestroyed || local.db === null) return;
    const transaction = local.db.transaction(UPDATES, 'readwrite');
    transaction.objectStore(UPDATES).add(Y.encodeStateAsUpdate(doc));
    transaction.oncomplete = onKept;
    transaction.onabort = () => keepWhole(local, doc, onKept);
  }, KEEP_AGAIN_MS);
}

function followLink(provider: WebsocketProvider, state: StoreApi<DocumentState>, ready: PromiseWithResolvers<void>): void {
  let tried = false;
  const waiting = (): LinkState => (navigator.onLine ? (tried ? 'reconnecting' : 'connecting') : 'offline');
  provider.on('status', ({ status }) => {
    if (state.getState().link === 'closed') return;
    tried ||= status === 'connected';
    state.setState({ link: status === 'connected' ? 'connected' : waiting() });
  });
  provider.on('connection-error', () => {
    tried = true;
    if (state.getState().link === 'connecting') state.setState({ link: waiting() });
  });
  provider.on('sync', (synced) => {
    if (!synced) return;
    state.setState({ source: 'room' });
    ready.resolve();
  });
  provider.on('closed', (event) => {
    state.setState({ link: 'closed', closedReason: event });
    ready.reject(new RoomClosedError(event.code, event.reason));
  });
}

/** The browser knows before the socket does; coming back, the next attempt need not wait out its backoff. */
function followOnline(provider: WebsocketProvider, state: StoreApi<DocumentState>): () => void {
  const listeners = new AbortController();
  const { signal } = listeners;
  const reconnect = () => {
    if (state.getState().link === 'closed') return;
    state.setState({ link: 'reconnecting' });
    provider.disconnect();
    provider.connect();
  };
  const offline = () => {
    if (state.getState().link !== 'closed') state.setState({ link: 'offline' });
  };
  window.addEventListener('online', reconnect, { signal });
  window.addEventListener('offline', offline, { signal });
  return () => listeners.abort();
}

function followSaved(provider: WebsocketProvider, doc: Y.Doc, state: StoreApi<DocumentState>, sent: Sent): void {
  const nothing: Durable = { vector: new Map(), messages: 0 };
  let durable = nothing;
  const judge = () => {
    const saved = covers(durable.vector, stateVectorOf(doc)) && durable.messages >= sent.count;
    if (saved !== state.getState().saved) state.setState({ saved });
  };
  provider.messageHandlers[MESSAGE_DURABLE] = (_encoder, decoder) => {
    const { vector, messages } = readDurable(decoder);
    Object.assign(sent, { bytes: 0, askedAt: messages < sent.count ? Date.now() : 0 });
    durable = { vector: joinVectors(durable.vector, vector), messages: Math.max(messages, durable.messages) };
    judge();
  };
  // A server that lost its state announces less than before; what an older connection heard no longer counts.
  provider.on('connection-close', () => {
    durable = nothing;
    judge();
  });
  doc.on('update', judge);
}

function note(sent: Sent, count: number, bytes: number): void {
  const askedAt = count === 0 ? 0 : sent.askedAt === 0 ? Date.now() : sent.askedAt;
  Object.assign(sent, { count, bytes: count === 0 ? 0 : sent.bytes + bytes, askedAt });
}

/** A network that swallows bytes closes no socket: what nobody answers is sent again on a new one, and the person sees that the server is away. */
function followSilence(provider: WebsocketProvider, state: StoreApi<DocumentState>, sent: Sent): () => void {
  const timer = setInterval(() => {
    if (!provider.wsconnected || sent.askedAt === 0 || sent.bytes > SOON_SENT_BYTES) return;
    if (Date.now() - Math.max(sent.askedAt, provider.wsLastMessageReceived) < SILENCE_MS || state.getState().link === 'closed') return;
    provider.disconnect();
    provider.connect();
  }, LISTEN_EVERY_MS);
  return () => clearInterval(timer);
}

function whenState<T>(store: StoreApi<T>, holds: (state: T) => boolean): Promise<void> {
  if (holds(store.getState())) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = store.subscribe((state) => {
      if (!holds(state)) return;
      unsubscribe();
      resolve();
    });
  });
}
