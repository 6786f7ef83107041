import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as random from 'lib0/random';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';
import * as z from 'zod';
import { SERVER_AUTHOR } from '../../shared/document/author.ts';
import type { Author } from '../../shared/document/author.ts';
import { MESSAGE_WRITE, ROOM_WRITE_VERSION, toRoomSchema } from '../../shared/protocol/room-write.ts';
import type { FromRoom } from '../../shared/protocol/room-write.ts';
import { Recorder } from '../history/recorder.ts';
import type { RevisionStore } from '../history/store.ts';
import { applyWrite, BadWrite } from './conditional-write.ts';
import type { LoggedUpdate, UpdateLog } from './log.ts';

export const MESSAGE = { sync: 0, awareness: 1, auth: 2, queryAwareness: 3, durable: 100, write: MESSAGE_WRITE } as const;
export const DURABLE_VERSION = 1;

/** One side of a member's socket, as the room sees it. */
export interface Connection {
  readonly canWrite: boolean;
  readonly author: Author;
  send(message: Uint8Array): void;
  close(code: number, reason: string): void;
}

/** Origin of the transactions of a room's document: a `Connection` is one, so that every update has its author. */
export interface RoomOrigin {
  author: Author;
}

/** Of what is replayed from the log. */
interface LoggedOrigin extends RoomOrigin {
  at: number | undefined;
}

interface ConnectionState {
  /** Awareness clients that it speaks for. */
  clients: Set<number>;
  /** Sync messages with content: taken, and of these on the disk (SPEC S1). */
  taken: number;
  durable: number;
  /** Messages of a viewer with content, which has to be known already (C2). */
  known: number;
  /** What its awareness says. */
  name: string | undefined;
}

/** Of one viewer's connection: its copy comes in pieces of up to 1 MiB, and each costs a look at the whole document. */
const MOST_KNOWN = 16;

/** A viewer sent content (SPEC C2). */
export class WriteRefused extends Error {}

/** One environment's document with its connections. */
export class Room {
  readonly environmentId: string;
  readonly doc = new Y.Doc();
  /** Makes its changes steps of the timeline. */
  readonly recorder: Recorder;
  readonly #log: UpdateLog;
  readonly #awareness = new awarenessProtocol.Awareness(this.doc);
  readonly #connections = new Map<Connection, ConnectionState>();
  /** Awareness clients that the server itself speaks for, with the clock of their last state. */
  readonly #own = new Map<number, number>();
  #pending = 0;
  #waiting: (() => void)[] = [];
  /** Whoever needs it loaded. */
  users = 0;
  /** When its document last changed or was loaded, in ms since 1970. */
  changedAt = Date.now();

  constructor(environmentId: string, log: UpdateLog, store: RevisionStore) {
    this.environmentId = environmentId;
    this.#log = log;
    this.recorder = new Recorder({ environmentId, doc: this.doc, store, authorOf: (origin) => ({ author: this.authorOf(origin), at: (origin as LoggedOrigin | null)?.at }), alongside: (write, durable) => log.alongside(environmentId, write, durable) });
    this.#load(log.load(environmentId), store.latest(environmentId)?.logSeq);
    this.#awareness.setLocalState(null);
    this.doc.on('update', (update: Uint8Array, origin: unknown) => this.#onUpdate(update, origin));
    this.#awareness.on('update', (change: AwarenessChange, origin: unknown) => this.#onAwareness(change, origin));
  }

  /** What the timeline has, and then, recorded as it was made, what it has not: the server ended in the middle of a step. */
  #load(rows: readonly LoggedUpdate[], recorded: number | undefined): void {
    const known = recorded === undefined ? firstContent(rows) : rows.filter(({ seq }) => seq <= recorded).length;
    this.doc.transact(() => rows.slice(0, known).forEach(({ update }) => Y.applyUpdate(this.doc, update)));
    this.recorder.watch();
    const [first] = rows;
    if (recorded === undefined && first !== undefined) this.recorder.begin(first.author ?? SERVER_AUTHOR, first.at ?? Date.now());
    for (const { update, author = SERVER_AUTHOR, at } of rows.slice(known)) Y.applyUpdate(this.doc, update, { author, at } satisfies LoggedOrigin);
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Resolves when everything that is in the document is on the disk. */
  durable(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  join(connection: Connection): void {
    this.#connections.set(connection, { clients: new Set(), taken: 0, durable: 0, known: 0, name: undefined });
    connection.send(writeMessage({ t: 'welcome', v: ROOM_WRITE_VERSION, canWrite: connection.canWrite }));
    if (connection.canWrite) connection.send(syncMessage((encoder) => syncProtocol.writeSyncStep1(encoder, this.doc)));
    const clients = [...this.#awareness.getStates().keys()];
    if (clients.length > 0) connection.send(awarenessMessage(awarenessProtocol.encodeAwarenessUpdate(this.#awareness, clients)));
  }

  part(connection: Connection): void {
    const state = this.#connections.get(connection);
    this.#connections.delete(connection);
    if (state !== undefined) awarenessProtocol.removeAwarenessStates(this.#awareness, [...state.clients], null);
  }

  /** Takes one frame. Throws `WriteRefused`, or anything else for a frame that breaks the protocol. */
  receive(connection: Connection, frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    switch (decoding.readVarUint(decoder)) {
      case MESSAGE.sync:
        return this.#receiveSync(connection, decoder);
      case MESSAGE.awareness:
        return this.#receiveAwareness(connection, decoding.readVarUint8Array(decoder));
      case MESSAGE.queryAwareness:
        return connection.send(awarenessMessage(awarenessProtocol.encodeAwarenessUpdate(this.#awareness, [...this.#awareness.getStates().keys()])));
      case MESSAGE.write:
        return this.#receiveWrite(connection, decoding.readVarString(decoder));
      default:
        throw new Error('Unknown message type');
    }
  }

  /** A client of the awareness that the server speaks for, and no connection can (SPEC C5). */
  newPresence(): number {
    const client = random.uint32();
    this.#own.set(client, 0);
    return client;
  }

  /** What all connections see of it; null takes it away for good. */
  setPresence(client: number, state: Record<string, unknown> | null): void {
    const clock = (this.#own.get(client) ?? 0) + 1;
    if (state === null) this.#own.delete(client);
    else this.#own.set(client, clock);
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
    awarenessProtocol.applyAwarenessUpdate(this.#awareness, encoding.toUint8Array(encoder), 'server');
  }

  /** Ends the connections of one author. */
  expel(author: Pick<Author, 'kind' | 'id'>, code: number, reason: string): void {
    for (const connection of this.#connections.keys()) if (connection.author.kind === author.kind && connection.author.id === author.id) connection.close(code, reason);
  }

  /** Ends all connections. */
  end(code: number, reason: string): void {
    for (const connection of this.#connections.keys()) connection.close(code, reason);
  }

  destroy(): void {
    this.#connections.clear();
    this.recorder.close();
    this.#awareness.destroy();
    this.doc.destroy();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #receiveSync(connection: Connection, decoder: decoding.Decoder): void {
    const type = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    if (type === syncProtocol.messageYjsSyncStep1) {
      connection.send(syncMessage((encoder) => syncProtocol.writeSyncStep2(encoder, this.doc, payload)));
      if (this.#pending === 0) this.#announce(connection);
      return;
    }
    if (type !== syncProtocol.messageYjsSyncStep2 && type !== syncProtocol.messageYjsUpdate) throw new Error('Unknown sync message');
    if (isEmptyUpdate(payload)) return;
    const state = this.#connections.get(connection);
    if (!connection.canWrite) return this.#receiveKnown(state, payload);
    if (state !== undefined) state.taken++;
    const before = this.#pending;
    Y.applyUpdate(this.doc, payload, connection);
    // Content that the document already had raises no event and is durable as soon as what came before it is.
    if (this.#pending === before && this.#pending === 0) this.#announceAll();
  }

  /** A viewer's page sends the copy that its browser kept when that is read later than the socket opened: what is known here already changes nothing. */
  #receiveKnown(state: ConnectionState | undefined, update: Uint8Array): void {
    if (state === undefined || ++state.known > MOST_KNOWN) throw new WriteRefused();
    const copy = new Y.Doc();
    try {
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.doc));
      let isNew = false;
      copy.on('update', () => (isNew = true));
      Y.applyUpdate(copy, update);
      if (isNew || copy.store.pendingStructs !== null || copy.store.pendingDs !== null) throw new WriteRefused();
    } finally {
      copy.destroy();
    }
  }

  /** The answer follows what the write has changed; "done" waits until that is on the disk. */
  #receiveWrite(connection: Connection, json: string): void {
    const write = toRoomSchema.parse(JSON.parse(json));
    const { id } = write;
    const answer = (message: FromRoom) => connection.send(writeMessage(message));
    if (!connection.canWrite) return answer({ t: 'failed', id, code: 'E-TERRARIUM-1302' });
    try {
      if (applyWrite(this.doc, write, { author: this.authorOf(connection) }) === 'refused') return answer({ t: 'refused', id });
    } catch (error) {
      if (error instanceof BadWrite) return answer({ t: 'failed', id, code: 'E-TERRARIUM-1301' });
      throw error;
    }
    void this.durable().then(() => this.#connections.has(connection) && answer({ t: 'done', id }));
  }

  #receiveAwareness(connection: Connection, update: Uint8Array): void {
    const state = this.#connections.get(connection);
    if (state === undefined) return;
    const allowed = awarenessProtocol.modifyAwarenessUpdate(update, (value: unknown) => value);
    const clients = clientsOf(allowed);
    const taken = clients.some((client) => this.#own.has(client) || [...this.#connections].some(([other, { clients: theirs }]) => other !== connection && theirs.has(client)));
    if (taken) return;
    for (const client of clients) state.clients.add(client);
    awarenessProtocol.applyAwarenessUpdate(this.#awareness, allowed, connection);
    state.name = clients.map((client) => nameIn(this.#awareness.getStates().get(client))).find((name) => name !== undefined) ?? state.name;
  }

  #onUpdate(update: Uint8Array, origin: unknown): void {
    this.changedAt = Date.now();
    const message = syncMessage((encoder) => syncProtocol.writeUpdate(encoder, update));
    for (const connection of this.#connections.keys()) if (connection !== origin) connection.send(message);
    this.#pending++;
    this.#log.append(this.environmentId, update, this.authorOf(origin), () => this.#onDurable());
  }

  /** Who made a transaction of this document. A person is called what their page says that they are called. */
  authorOf(origin: unknown): Author {
    const author = originAuthor(origin);
    const name = author.kind === 'person' ? this.#connections.get(origin as Connection)?.name : undefined;
    return name === undefined ? author : { ...author, name };
  }

  #onDurable(): void {
    this.#pending--;
    if (this.#pending > 0) return;
    this.#announceAll();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #announceAll(): void {
    for (const connection of this.#connections.keys()) this.#announce(connection);
  }

  #announce(connection: Connection): void {
    const state = this.#connections.get(connection);
    if (state === undefined) return;
    // Content that waits for something it builds on is not in the log yet.
    if (this.doc.store.pendingStructs === null && this.doc.store.pendingDs === null) state.durable = state.taken;
    connection.send(
      message(MESSAGE.durable, (encoder) => {
        encoding.writeVarUint8Array(encoder, Y.encodeStateVector(this.doc));
        encoding.writeVarUint(encoder, DURABLE_VERSION);
        encoding.writeVarUint(encoder, state.durable);
      }),
    );
  }

  #onAwareness({ added, updated, removed }: AwarenessChange, origin: unknown): void {
    const update = awarenessProtocol.encodeAwarenessUpdate(this.#awareness, [...added, ...updated, ...removed]);
    const state = this.#connections.get(origin as Connection);
    for (const client of removed) state?.clients.delete(client);
    const frame = awarenessMessage(update);
    for (const connection of this.#connections.keys()) connection.send(frame);
  }
}

/** Rows that are the first revision of a document that has none: its first, and what tells no author. */
function firstContent(rows: readonly LoggedUpdate[]): number {
  const next = rows.findIndex(({ author }, index) => index > 0 && author !== undefined);
  return next === -1 ? rows.length : next;
}

function originAuthor(origin: unknown): Author {
  return typeof origin === 'object' && origin !== null && 'author' in origin ? (origin as RoomOrigin).author : SERVER_AUTHOR;
}

/** Peers write what they like into awareness. */
function nameIn(state: unknown): string | undefined {
  const parsed = presenceSchema.safeParse(state);
  return parsed.success ? parsed.data.user.name : undefined;
}
const presenceSchema = z.object({ user: z.object({ name: z.string().trim().min(1).max(60) }) });

interface AwarenessChange {
  added: number[];
  updated: number[];
  removed: number[];
}

function message(type: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, type);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

const writeMessage = (content: FromRoom) => message(MESSAGE.write, (encoder) => encoding.writeVarString(encoder, JSON.stringify(content)));
const syncMessage = (write: (encoder: encoding.Encoder) => void) => message(MESSAGE.sync, write);
const awarenessMessage = (update: Uint8Array) => message(MESSAGE.awareness, (encoder) => encoding.writeVarUint8Array(encoder, update));

/** No structs and no deletions: `0 0` in the first encoding of Yjs updates. */
function isEmptyUpdate(update: Uint8Array): boolean {
  return update.length === 2 && update[0] === 0 && update[1] === 0;
}

/** The clients that an awareness update speaks of: `count · (client · clock · json)*`. */
function clientsOf(update: Uint8Array): number[] {
  const decoder = decoding.createDecoder(update);
  return Array.from({ length: decoding.readVarUint(decoder) }, () => {
    const client = decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    decoding.readVarString(decoder);
    return client;
  });
}
