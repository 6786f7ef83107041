/**
 * Conditional writes of a room: what programs of a member's container write reaches the document only if the file is what the member takes it
 * to be, and an identical result changes nothing. Message 101 of the room's protocol (server/rooms/SPEC.md, W1-W5): `101 · varString(JSON)`, on
 * the same socket as the updates, so that an answer comes after the updates that it speaks of. Hashes are SHA-256 in hexadecimal, of text in UTF-8.
 */
import * as z from 'zod';

export const MESSAGE_WRITE = 101;
export const ROOM_WRITE_VERSION = 1;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const offset = z.number().int().nonnegative();

const result = z.discriminatedUnion('kind', [
  /** Changes of the text that `base` names, in the order of their places, none touching another; `hash` is of what comes of it. */
  z.object({ kind: z.literal('edits'), hash, edits: z.array(z.object({ at: offset, end: offset, insert: z.string() })) }),
  z.object({ kind: z.literal('text'), text: z.string() }),
  /** Bytes that are stored already. */
  z.object({ kind: z.literal('blob'), blob: hash, size: offset }),
  z.object({ kind: z.literal('gone') }),
]);
export type WriteResult = z.infer<typeof result>;

const write = z.object({
  t: z.literal('write'),
  id: offset,
  /** Of this write, for ever: found in the document (`wrote`) when it was taken. */
  key: z.string().regex(/^[A-Za-z0-9_-]{8,40}$/),
  /** Of a file that is there; without it the first with this path is meant. */
  file: z.string().max(64).optional(),
  path: z.string().min(1).max(1024),
  /** What the file is now; null: that there is none. */
  base: hash.nullable(),
  result,
  /** Permission bits of a new file. */
  mode: z.number().int().min(0).max(0o777).optional(),
});
export type RoomWrite = z.infer<typeof write>;

export const toRoomSchema = write;

export const fromRoomSchema = z.discriminatedUnion('t', [
  /** First of all: whether this member may write at all. */
  z.object({ t: z.literal('welcome'), v: z.literal(ROOM_WRITE_VERSION), canWrite: z.boolean() }),
  /** The document has the result, durably. */
  z.object({ t: z.literal('done'), id: offset }),
  /** The file is not what `base` says; nothing was changed. */
  z.object({ t: z.literal('refused'), id: offset }),
  /** Never to be taken: `code` of shared/errors. */
  z.object({ t: z.literal('failed'), id: offset, code: z.string() }),
]);
export type FromRoom = z.infer<typeof fromRoomSchema>;
