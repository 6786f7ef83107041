/**
 * Page <-> replica: what keeps an environment's document and the container's disk the same. JSON, one message a line, over the standard input
 * and output of the reserved command `terrarium-replica`. Rules: app/sync/SPEC.md.
 *
 * The page holds the document, the replica the disk. Each says what it took to be the other's content when it wrote (`base`); who finds
 * something else there refuses, and the page, which has both, merges: against the revision that the writing program had read, which the replica
 * names. Hashes are SHA-256 in hexadecimal. Every request is answered, a line that is none of these messages with `failed`.
 */
import * as z from 'zod';

export const REPLICA_COMMAND = 'terrarium-replica';
export const REPLICA_VERSION = 2;

const path = z.string().min(1).max(1024);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** Text, or the bytes of what is none in base64. */
const content = z.union([z.object({ text: z.string() }), z.object({ base64: z.string() })]);
export type Content = z.infer<typeof content>;

const mode = z.number().int().min(0).max(0o777);

/** One file of the disk as the replica finds it at the start. */
const found = z.object({
  path, hash,
  /** What both sides had when they last agreed, or were about to agree on; empty for a file that was never in step. */
  agreed: z.array(hash),
  /** Of a file that was changed here and is not in the document yet: the revision of the document that it is a change of, if that is kept. */
  base: hash.nullable(),
  /** The name under which the document has it, where a program gave it this one and that is not known to be in the document. */
  from: path.optional(),
});
export type FoundFile = z.infer<typeof found>;

export const toReplicaSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello'), v: z.literal(REPLICA_VERSION) }),
  /** Ask for the content of a file as it is. */
  z.object({ t: z.literal('read'), id: z.number().int(), path }),
  /** Ask for a revision that is a `base` of a file found at the start. */
  z.object({ t: z.literal('revision'), id: z.number().int(), hash }),
  /**
   * Write a file whose content is `base` now (null: which is not there). With `over` it is not what the document has: it holds a program's
   * change that is not there yet, on this revision of the document (null: on none).
   */
  z.object({ t: z.literal('put'), id: z.number().int(), path, base: hash.nullable(), hash, content, mode: mode.optional(), over: z.object({ hash, text: z.string() }).nullable().optional() }),
  z.object({ t: z.literal('remove'), id: z.number().int(), path, base: hash }),
  z.object({ t: z.literal('move'), id: z.number().int(), from: path, to: path, base: hash }),
  /** A change of the disk is in the document, durably: `hash` is agreed on (null: that there is no such file). */
  z.object({ t: z.literal('taken'), path, hash: hash.nullable() }),
  /** The start is over: from here on changes of the disk are told. */
  z.object({ t: z.literal('watch') }),
]);
export type ToReplica = z.infer<typeof toReplicaSchema>;

export const fromReplicaSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('welcome'), v: z.literal(REPLICA_VERSION), files: z.array(found), gone: z.array(z.object({ path, agreed: z.array(hash) })) }),
  z.object({ t: z.literal('content'), id: z.number().int(), content: content.nullable() }),
  z.object({ t: z.literal('done'), id: z.number().int() }),
  /** The file is not as `base` says, nothing was changed; what it is has been told before this. */
  z.object({ t: z.literal('refused'), id: z.number().int() }),
  /** Without an id: a line could not be read. Codes are those of errno(3), EPROTO for what is no message. */
  z.object({ t: z.literal('failed'), id: z.number().int().nullable(), code: z.string(), message: z.string() }),
  /** A program changed, made, removed or moved a file. `revision`: what it had read of it; null when there was nothing. */
  z.object({ t: z.literal('changed'), path, hash, content, revision: hash.nullable(), mode: mode.optional() }),
  z.object({ t: z.literal('removed'), path }),
  z.object({ t: z.literal('moved'), from: path, to: path }),
]);
export type FromReplica = z.infer<typeof fromReplicaSchema>;

/** Lines of a stream that comes in pieces. */
export class LineReader {
  #rest = '';

  push(piece: string): string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  }
}
