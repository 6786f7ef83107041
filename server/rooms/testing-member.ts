/** Members of a room, for tests: documents over the real protocol and a real socket. */
import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { OWNER_TOKEN } from '../testing.ts';
import { MESSAGE } from './room.ts';

export interface Member {
  doc: Y.Doc;
  provider: WebsocketProvider;
  /** State vector last announced, over all connections of this member. */
  announced: Map<number, number>;
  /** Resolves when the announcement covers what the document holds at this call. */
  saved(): Promise<void>;
  /** Called in the turn in which an announcement arrives. */
  onAnnounced: () => void;
  leave(): void;
}

/** A member's document over y-websocket, as a program that speaks its protocol. */
export function join(port: number, environmentId: string, token = OWNER_TOKEN): Member {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/ws`, environmentId, doc, {
    WebSocketPolyfill: socketFor(port) as unknown as typeof globalThis.WebSocket,
    protocols: ['terrarium.v1', `bearer.${token}`],
    disableBc: true,
    maxBackoffTime: 100,
  });
  const announced = new Map<number, number>();
  let changed = Promise.withResolvers<void>();
  provider.messageHandlers[MESSAGE.durable] = (_encoder, decoder) => {
    for (const [client, clock] of Y.decodeStateVector(decoding.readVarUint8Array(decoder))) announced.set(client, Math.max(clock, announced.get(client) ?? 0));
    changed.resolve();
    changed = Promise.withResolvers();
    member.onAnnounced();
  };
  // What the room says of conditional writes, of which these members make none.
  provider.messageHandlers[MESSAGE.write] = () => {};
  const member: Member = {
    onAnnounced: () => {},
    doc,
    provider,
    announced,
    async saved() {
      const wanted = Y.decodeStateVector(Y.encodeStateVector(doc));
      while ([...wanted].some(([client, clock]) => (announced.get(client) ?? 0) < clock)) await changed.promise;
    },
    leave() {
      provider.destroy();
      doc.destroy();
    },
  };
  return member;
}

/** `*.localhost` and `localhost` need not resolve in Node: connect to loopback and name the host. */
export function socketFor(port: number) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: { host: `localhost:${port}` } });
    }
  };
}

export const synced = (member: Member): Promise<void> => (member.provider.synced ? Promise.resolve() : new Promise<void>((resolve) => member.provider.once('sync', () => resolve())));
