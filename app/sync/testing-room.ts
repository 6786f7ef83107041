/** For tests: a real room with its real log, and members that reach it with the real provider over sockets that end inside this process. */
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { createRooms } from '../../server/rooms/rooms.ts';
import type { Connection, Room } from '../../server/rooms/room.ts';
import { openDatabase } from '../../server/storage/database.ts';
import { RoomWrites } from '../document/room-writes.ts';
import { MESSAGE_DURABLE } from '../document/saved.ts';

const ENVIRONMENT = 'a';

/** How long frames take, for each direction, in milliseconds; in a test 0 still means a later task. */
export interface Wire {
  delay(): number;
}

export interface TestMember {
  doc: Y.Doc;
  provider: WebsocketProvider;
  writes: RoomWrites;
  /** Cuts the connection: what is on its way is lost, and no new one comes before `mend`. */
  cut(): void;
  mend(): void;
  /** As a tab that crashes. */
  leave(): void;
}

export interface TestRoom {
  room: Room;
  join(options?: { canWrite?: boolean; doc?: Y.Doc }): TestMember;
  close(): Promise<void>;
}

export function openTestRoom(wire: Wire = { delay: () => 0 }): TestRoom {
  const database = openDatabase(':memory:');
  database.prepare("INSERT INTO environments VALUES (?, 't', NULL, 'tiny', 'running', 1, 0, 0, 0)").run(ENVIRONMENT);
  const rooms = createRooms({ database, logger: { info() {}, warn() {}, error() {} } });
  const room = rooms.enter(ENVIRONMENT);
  return {
    room,
    join: ({ canWrite = true, doc = new Y.Doc() } = {}) => joinRoom(room, wire, canWrite, doc),
    async close() {
      await rooms.close();
      database.close();
    },
  };
}

function joinRoom(room: Room, wire: Wire, canWrite: boolean, doc: Y.Doc): TestMember {
  const sockets = new Set<RoomSocket>();
  let up = true;
  class Socket extends RoomSocket {
    constructor() {
      super(room, wire, canWrite, up);
      sockets.add(this);
    }
  }
  const provider = new WebsocketProvider('ws://room', ENVIRONMENT, doc, { WebSocketPolyfill: Socket as unknown as typeof WebSocket, disableBc: true, maxBackoffTime: 5 });
  const writes = new RoomWrites(provider);
  provider.messageHandlers[MESSAGE_DURABLE] = () => undefined;
  const cut = () => {
    up = false;
    for (const socket of sockets) socket.drop();
    sockets.clear();
  };
  return {
    doc, provider, writes, cut,
    mend() {
      up = true;
    },
    leave() {
      cut();
      provider.destroy();
    },
  };
}

/** The part of WebSocket that y-websocket uses. */
class RoomSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: Uint8Array }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly OPEN = 1;
  binaryType = 'arraybuffer';
  readyState = 0;
  readonly #room: Room;
  readonly #connection: Connection;
  readonly #toRoom: Line;
  readonly #toMember: Line;

  constructor(room: Room, wire: Wire, canWrite: boolean, up: boolean) {
    this.#room = room;
    this.#toRoom = new Line(wire);
    this.#toMember = new Line(wire);
    this.#connection = {
      canWrite,
      author: { kind: 'person', id: 'owner', name: 'Owner' },
      send: (message) => this.#toMember.carry(() => this.onmessage?.({ data: message.slice() })),
      close: (code, reason) => this.#toMember.carry(() => this.#end(code, reason)),
    };
    this.#toMember.carry(() => (up ? this.#open() : this.#end(1006, '')));
  }

  send(data: Uint8Array): void {
    const frame = data.slice();
    this.#toRoom.carry(() => this.#room.receive(this.#connection, frame));
  }

  close(): void {
    this.drop();
  }

  /** The connection is gone; the member's side hears of it. */
  drop(): void {
    this.#end(1006, '');
  }

  #open(): void {
    this.readyState = 1;
    this.#room.join(this.#connection);
    this.onopen?.();
  }

  #end(code: number, reason: string): void {
    if (this.readyState === 3) return;
    if (this.readyState === 1) this.#room.part(this.#connection);
    this.readyState = 3;
    this.#toRoom.end();
    this.#toMember.end();
    this.onclose?.({ code, reason });
  }
}

/** One direction: in order, each frame in a task of its own. */
class Line {
  readonly #wire: Wire;
  #last: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  carry(deliver: () => void): void {
    const arrives = new Promise<void>((resolve) => setTimeout(resolve, this.#wire.delay()));
    this.#last = this.#last.then(() => arrives).then(() => {
      if (!this.#ended) deliver();
    });
  }

  end(): void {
    this.#ended = true;
  }
}
