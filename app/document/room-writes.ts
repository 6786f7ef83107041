/** Conditional writes of the room (shared/protocol/room-write.ts) over the provider's socket. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { WebsocketProvider } from 'y-websocket';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { fromRoomSchema, MESSAGE_WRITE } from '../../shared/protocol/room-write.ts';
import type { FromRoom, RoomWrite } from '../../shared/protocol/room-write.ts';

/** `waiting`: no connection, or it has not synced yet. `viewer`: never. */
export type WriteState = 'waiting' | 'open' | 'viewer';

/** How long an answer may take: a connection that carries nothing any more is not always known to be closed. */
const PATIENCE_MS = 5000;

/** The connection ended before the answer; whether the write was taken is found by comparing after the next sync. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

/** The room will not take it, however often it is sent. */
export class WriteFailed extends Error {
  override readonly name = 'WriteFailed';
  readonly code: string;
  constructor(code: string) {
    super(`The room refused a write (${code}).`);
    this.code = code;
  }
}

export type WriteFields = Omit<RoomWrite, 't' | 'id' | 'key'> & { key?: string };

/** Names a write for ever. */
export const newKey = (): string => crypto.randomUUID().slice(0, 13);

export class RoomWrites {
  readonly state: StoreApi<WriteState> = createStore<WriteState>(() => 'waiting');
  private readonly provider: WebsocketProvider;
  private readonly pending = new Map<number, PromiseWithResolvers<'done' | 'refused'>>();
  private canWrite: boolean | undefined;
  private nextId = 1;

  constructor(provider: WebsocketProvider) {
    this.provider = provider;
    provider.messageHandlers[MESSAGE_WRITE] = (_encoder, decoder) => this.receive(decoding.readVarString(decoder));
    provider.on('sync', () => this.judge());
    provider.on('connection-close', () => {
      this.canWrite = undefined;
      this.judge();
      for (const answer of this.pending.values()) answer.reject(new AnswerLost());
      this.pending.clear();
    });
  }

  /** When it resolves the document has the result, or what the write was refused for. @throws {AnswerLost} @throws {WriteFailed} */
  async write(fields: WriteFields): Promise<'done' | 'refused'> {
    const socket = this.provider.ws;
    if (this.state.getState() !== 'open' || socket === null) throw new AnswerLost();
    const answer = Promise.withResolvers<'done' | 'refused'>();
    const write: RoomWrite = { t: 'write', id: this.nextId++, key: newKey(), ...fields };
    this.pending.set(write.id, answer);
    const timer = setTimeout(() => {
      this.pending.delete(write.id);
      answer.reject(new AnswerLost());
    }, PATIENCE_MS);
    const stop = () => clearTimeout(timer);
    answer.promise.then(stop, stop);
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGE_WRITE);
    encoding.writeVarString(encoder, JSON.stringify(write));
    socket.send(encoding.toUint8Array(encoder));
    return answer.promise;
  }

  private receive(json: string): void {
    const message = fromRoomSchema.parse(JSON.parse(json));
    if (message.t === 'welcome') {
      this.canWrite = message.canWrite;
      this.judge();
    } else this.settle(message);
  }

  private settle(message: Exclude<FromRoom, { t: 'welcome' }>): void {
    const answer = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.t === 'failed') answer?.reject(new WriteFailed(message.code));
    else answer?.resolve(message.t);
  }

  private judge(): void {
    const open = this.canWrite === true && this.provider.synced;
    // Who was told once stays a viewer while there is no connection.
    const state: WriteState = this.canWrite === false || (this.canWrite === undefined && this.state.getState() === 'viewer') ? 'viewer' : open ? 'open' : 'waiting';
    if (state !== this.state.getState()) this.state.setState(state, true);
  }
}
