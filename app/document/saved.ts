/**
 * "Saved" means that the server has announced a durable state that covers every edit in this document; an open socket or a sent
 * update means nothing of the kind. The server's announcement is message type `MESSAGE_DURABLE` of the room's protocol.
 */
import * as Y from 'yjs';

/** y-websocket message type of the server's durable announcement; its payload is an encoded state vector. */
export const MESSAGE_DURABLE = 100;

export type StateVector = ReadonlyMap<number, number>;

/** Whether everything known in `local` (client id -> next clock) is in `durable`. */
export function covers(durable: StateVector, local: StateVector): boolean {
  for (const [client, clock] of local) {
    if ((durable.get(client) ?? 0) < clock) return false;
  }
  return true;
}

/** Announcements may arrive out of order after a reconnect; a clock never goes back within one connection. */
export function joinVectors(a: StateVector, b: StateVector): StateVector {
  const joined = new Map(a);
  for (const [client, clock] of b) joined.set(client, Math.max(clock, joined.get(client) ?? 0));
  return joined;
}

export function stateVectorOf(doc: Y.Doc): StateVector {
  return Y.decodeStateVector(Y.encodeStateVector(doc));
}
