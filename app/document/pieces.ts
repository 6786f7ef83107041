/**
 * Sync messages in pieces: a room takes no frame over its limit (server/rooms/SPEC.md, C3), and what was written without a connection, or pasted,
 * may be larger. An update of Yjs is a list of structs for each client and a set of deletions; each piece is an update of its own.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** Far below what a room takes: content that cannot be cut makes its piece larger. */
export const PIECE_BYTES = 1024 * 1024;
const MESSAGE_SYNC = 0;
const SYNC_STEP_1 = 0;

/** The frame itself, or where it is sync content above `limit` bytes, frames that say the same. */
export function framesOf(frame: Uint8Array, limit = PIECE_BYTES): Uint8Array[] {
  if (frame.length <= limit) return [frame];
  const decoder = decoding.createDecoder(frame);
  if (decoding.readVarUint(decoder) !== MESSAGE_SYNC) return [frame];
  const type = decoding.readVarUint(decoder);
  if (type === SYNC_STEP_1) return [frame];
  return updatesOf(decoding.readVarUint8Array(decoder), limit).map((update) => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGE_SYNC);
    encoding.writeVarUint(encoder, type);
    encoding.writeVarUint8Array(encoder, update);
    return encoding.toUint8Array(encoder);
  });
}

type Struct = ReturnType<typeof Y.decodeUpdate>['structs'][number];

/** Updates of about `limit` bytes, in an order in which each finds the earlier structs of its client. */
export function updatesOf(update: Uint8Array, limit = PIECE_BYTES): Uint8Array[] {
  const { structs, ds } = Y.decodeUpdate(update);
  const pieces: Uint8Array[] = [];
  let run: Struct[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (run.length > 0) pieces.push(encodeRun(run));
    run = [];
    bytes = 0;
  };
  for (const struct of structs.flatMap((whole) => cut(whole, limit))) {
    const size = sizeOf(struct);
    if (run[0]?.id.client !== struct.id.client || bytes + size > limit) flush();
    // A gap says that something is missing in between; pieces on its two sides say so by their clocks.
    if (struct instanceof Y.Skip) flush();
    else {
      run.push(struct);
      bytes += size;
    }
  }
  flush();
  if (ds.clients.size > 0) pieces.push(encodeDeletions(ds));
  return pieces;
}

function sizeOf(struct: Struct): number {
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoder.toUint8Array().length;
}

/** A struct in parts, as a later insertion in its middle would part it. */
function cut(struct: Struct, limit: number): Struct[] {
  if (!(struct instanceof Y.Item) || struct.length < 2 || sizeOf(struct) <= limit) return [struct];
  const { id, origin, rightOrigin, parent, parentSub, content } = struct;
  const at = middle(content);
  const rest = content.splice(at);
  const left = new Y.Item(id, null, origin, null, rightOrigin, parent, parentSub, content);
  const right = new Y.Item(Y.createID(id.client, id.clock + at), null, Y.createID(id.client, id.clock + at - 1), null, rightOrigin, parent, parentSub, rest);
  return [...cut(left, limit), ...cut(right, limit)];
}

/** Yjs replaces the halves of a surrogate pair that is cut. */
function middle(content: Y.Item['content']): number {
  const at = content.getLength() >> 1;
  const splits = content instanceof Y.ContentString && /[\uD800-\uDBFF]/.test(content.str.charAt(at - 1));
  return splits && at + 1 < content.getLength() ? at + 1 : at;
}

function encodeRun(run: readonly Struct[]): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const { restEncoder: rest } = encoder;
  const [first] = run;
  if (first === undefined) throw new Error('A piece has at least one struct.');
  encoding.writeVarUint(rest, 1);
  encoding.writeVarUint(rest, run.length);
  encoder.writeClient(first.id.client);
  encoding.writeVarUint(rest, first.id.clock);
  for (const struct of run) struct.write(encoder, 0);
  encoding.writeVarUint(rest, 0);
  return encoder.toUint8Array();
}

function encodeDeletions({ clients }: ReturnType<typeof Y.decodeUpdate>['ds']): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const { restEncoder: rest } = encoder;
  encoding.writeVarUint(rest, 0);
  encoding.writeVarUint(rest, clients.size);
  for (const [client, deletions] of clients) {
    encoding.writeVarUint(rest, client);
    encoding.writeVarUint(rest, deletions.length);
    for (const { clock, len } of deletions) {
      encoding.writeVarUint(rest, clock);
      encoding.writeVarUint(rest, len);
    }
  }
  return encoder.toUint8Array();
}

