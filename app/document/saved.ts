/**
 * "Saved" means that the server has announced a durable state that covers every edit in this document; an open socket or a sent
 * update means nothing of the kind. The server's announcement is message type `MESSAGE_DURABLE` of the room's protocol.
 */
import * as decoding from 'lib0/decoding';
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

/** What the server has on its disk: the payload of `MESSAGE_DURABLE` (server/rooms/SPEC.md, S1). */
export interface Durable {
  vector: StateVector;
  /** How many of this connection's messages with content. Deletions advance no clock, so a vector alone says nothing of them. */
  messages: number;
}

const DURABLE_VERSION = 1;

/** Throws on a payload of another version, or that ends too soon. */
export function readDurable(decoder: decoding.Decoder): Durable {
  const vector = Y.decodeStateVector(decoding.readVarUint8Array(decoder));
  const version = decoding.readVarUint(decoder);
  if (version !== DURABLE_VERSION) throw new Error(`The server announces what is durable in version ${version}, not ${DURABLE_VERSION}.`);
  return { vector, messages: decoding.readVarUint(decoder) };
}

/** Whether a frame is one that the server counts: a step 2 or an update of the sync protocol that is not empty. */
export function hasContent(frame: Uint8Array): boolean {
  const decoder = decoding.createDecoder(frame);
  if (decoding.readVarUint(decoder) !== 0 || decoding.readVarUint(decoder) === 0) return false;
  const update = decoding.readVarUint8Array(decoder);
  return !(update.length === 2 && update[0] === 0 && update[1] === 0);
}

export function stateVectorOf(doc: Y.Doc): StateVector {
  return Y.decodeStateVector(Y.encodeStateVector(doc));
}
