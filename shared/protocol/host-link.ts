/**
 * Server <-> page <-> container: how the server reaches an environment's running container (rules: server/host-link/SPEC.md).
 *
 *     server <== WebSocket /ws/:environmentId/host ==> page that runs the container <== `terrarium-tunnel` ==> kernel
 *
 * The server opens streams under ids of its choice: a request, a WebSocket, a program, a question. Both ways carry the same messages. Between server and page
 * a message is a text frame and bytes are a binary frame; between page and container (a reserved command's standard input and output, text alone) both are
 * lines. Each side believes nothing that comes from nearer to the container than itself. Bytes of a stream are sent on credit, so that one that nobody reads
 * delays no other and fills no memory.
 */
import * as z from 'zod';

export const HOST_LINK_VERSION = 1;
export const HOST_LINK_PROTOCOL = 'terrarium.host.v1';
/** Reserved command of the container that answers this protocol. */
export const TUNNEL_COMMAND = 'terrarium-tunnel';

/** Streams of one link at a time. */
export const MAX_STREAMS = 512;
/** Bytes of one stream and direction that may be sent before `credit`. */
export const STREAM_WINDOW = 512 * 1024;
/** Bytes of one data frame. */
export const MAX_DATA = 48 * 1024;
/** Characters of one message. */
export const MAX_MESSAGE = 1024 * 1024;
/** The server says so often that it is there, in milliseconds; browsers show pages no ping of RFC 6455. */
export const ALIVE_EVERY_MS = 10_000;
/** A connection on which nothing has come for so long is cut, in milliseconds, although nobody has closed it. */
export const ALIVE_LIMIT_MS = 25_000;
/** From the whole request to the head of its answer, in milliseconds: dev servers compile on demand. */
export const HEAD_LIMIT_MS = 120_000;

const MAX_URL = 64 * 1024;
export const streamId = z.number().int().min(1).max(0xffff_ffff);
const id = streamId;
const port = z.number().int().min(1).max(65_535);
/** RFC 9110, 9.1 and 7.1: nothing that could end a request line. */
const method = z.string().regex(/^[A-Za-z!#$%&'*+.^_`|~0-9-]{1,32}$/);
const target = z.string().max(MAX_URL).regex(/^\/[\x21-\x7e\x80-\xff]*$/);
/** RFC 9110, 5: a token; visible characters, spaces and tabs of Latin-1. */
const headerName = z.string().max(256).regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
// oxlint-disable-next-line no-control-regex -- field values are exactly these characters
const headerValue = z.string().max(MAX_URL).regex(/^[\t\x20-\x7e\x80-\xff]*$/);
const headers = z.array(z.tuple([headerName, headerValue])).max(256);
export type HeaderList = z.infer<typeof headers>;
const text = z.string().max(4096);
const closeCode = z.number().int().min(1000).max(4999);
const size = { cols: z.number().int().min(1).max(1000), rows: z.number().int().min(1).max(1000) };

const credit = z.object({ t: z.literal('credit'), id, bytes: z.number().int().min(1).max(0x7fff_ffff) });
/** No more bytes come on this stream in this direction. */
const end = z.object({ t: z.literal('end'), id });

export const toContainerSchema = z.discriminatedUnion('t', [
  /** `body`: bytes follow, then `end`. */
  z.object({ t: z.literal('request'), id, port, method, url: target, headers, body: z.boolean() }),
  z.object({ t: z.literal('socket'), id, port, url: target, headers, protocols: z.array(headerValue.min(1).max(256)).max(32) }),
  z.object({
    t: z.literal('run'), id, command: z.string().min(1).max(4096), args: z.array(z.string().max(128 * 1024)).max(1024), cwd: z.string().max(4096).optional(),
    env: z.record(z.string().max(256), z.string().max(64 * 1024)).optional(), terminal: z.object(size).optional(),
  }),
  z.object({ t: z.literal('ports'), id }),
  z.object({ t: z.literal('processes'), id }),
  end,
  credit,
  /** The answer is no longer wanted; what still comes of the stream is dropped. */
  z.object({ t: z.literal('cancel'), id }),
  z.object({ t: z.literal('close'), id, code: closeCode.optional(), reason: text }),
  z.object({ t: z.literal('signal'), id, signal: z.string().regex(/^SIG[A-Z0-9]{2,8}$/) }),
  z.object({ t: z.literal('resize'), id, ...size }),
]);
export type ToContainer = z.infer<typeof toContainerSchema>;

/** Why a stream failed. `unanswerable`: the page was not able to ask the container. */
const failure = z.enum(['not-listening', 'reset', 'bad-response', 'time-limit', 'refused', 'not-started', 'unanswerable']);
export type StreamFailure = z.infer<typeof failure>;

export const fromContainerSchema = z.discriminatedUnion('t', [
  /** `body`: bytes follow, then `end`; without one the stream is over. */
  z.object({ t: z.literal('head'), id, status: z.number().int().min(200).max(599), statusText: text, headers, body: z.boolean() }),
  z.object({ t: z.literal('opened'), id, protocol: z.string().max(256) }),
  z.object({ t: z.literal('ports'), id, ports: z.array(z.object({ port })).max(1024) }),
  /** `busyMs`: in which programs have run code, also those that have ended, on all threads together. `packBytes`: packages in memory. */
  z.object({
    t: z.literal('processes'), id, busyMs: z.number().min(0), packBytes: z.number().int().min(0),
    processes: z.array(z.object({ pid: z.number().int(), ppid: z.number().int(), command: text, threads: z.number().int().min(0), busyMs: z.number().min(0) })).max(4096),
  }),
  end,
  credit,
  /** Of a program; its output ends with `end`, before or after. */
  z.object({ t: z.literal('exit'), id, code: z.number().int() }),
  /** Of a socket: the last message of its stream. */
  z.object({ t: z.literal('closed'), id, code: closeCode, reason: text }),
  /** The last message of the stream. */
  z.object({ t: z.literal('failed'), id, reason: failure, message: text }),
]);
export type FromContainer = z.infer<typeof fromContainerSchema>;

// ---------------------------------------------------------------- between server and page alone

export const fromServerSchema = z.discriminatedUnion('t', [
  /** The lease is yours, until this connection ends. */
  z.object({ t: z.literal('granted'), v: z.literal(HOST_LINK_VERSION), epoch: z.number().int().min(1) }),
  /** Another holds it; `granted` follows when that one leaves. */
  z.object({ t: z.literal('waiting'), v: z.literal(HOST_LINK_VERSION), epoch: z.number().int().min(1) }),
  /** Every `ALIVE_EVERY_MS`. */
  z.object({ t: z.literal('alive') }),
  /** A question to the page itself, one of `CALLS`. */
  z.object({ t: z.literal('call'), id, name: z.string().max(64), input: z.unknown() }),
  ...toContainerSchema.options,
]);
export type FromServer = z.infer<typeof fromServerSchema>;

export const toServerSchema = z.discriminatedUnion('t', [
  /**
   * First message: a container runs here. `holder` is the page's own for as long as it lives, so that it takes its own lease over when its connection was cut;
   * `epoch` is that of the lease it had (0: none), and one that is over is refused.
   */
  z.object({ t: z.literal('claim'), v: z.number().int(), holder: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/), epoch: z.number().int().min(0), kind: z.enum(['person', 'headless']) }),
  z.object({ t: z.literal('result'), id, value: z.unknown() }),
  ...fromContainerSchema.options,
]);
export type ToServer = z.infer<typeof toServerSchema>;

/** Codes with which the server closes a link, beside those of RFC 6455. The reason begins with the code of the error table. */
export const CLOSE = { protocol: 4400, unauthorized: 4401, forbidden: 4403, unknown: 4404, stale: 4409, gone: 4410, oversized: 4413, busy: 4429 } as const;

// ---------------------------------------------------------------- bytes

/** What a data frame is: bytes of a stream, or a piece of a WebSocket message. */
export interface Data {
  id: number;
  bytes: Uint8Array<ArrayBuffer>;
  /** Of a WebSocket message: it is text. */
  text: boolean;
  /** Of a WebSocket message: this is its last piece. */
  last: boolean;
}

const HEADER = 5;

/** A binary frame: flags (1 text, 2 last), the stream's id as 32 bits of big endian, bytes. */
export function encodeData({ id, bytes, text, last }: Data): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(HEADER + bytes.length);
  frame[0] = flagsOf(text, last);
  new DataView(frame.buffer).setUint32(1, id);
  frame.set(bytes, HEADER);
  return frame;
}

/** Undefined for what is no data frame. */
export function decodeData(frame: Uint8Array<ArrayBuffer>): Data | undefined {
  const [flags] = frame;
  if (flags === undefined || flags > 3 || frame.length < HEADER || frame.length > HEADER + MAX_DATA) return undefined;
  const number = new DataView(frame.buffer, frame.byteOffset).getUint32(1);
  return number === 0 ? undefined : { id: number, bytes: frame.subarray(HEADER), text: (flags & 1) !== 0, last: (flags & 2) !== 0 };
}

const flagsOf = (isText: boolean, last: boolean): number => (isText ? 1 : 0) | (last ? 2 : 0);

/** The same as a line: `=<id>,<flags>,<base64>`. No message begins so. */
export const dataLine = ({ id, bytes, text, last }: Data): string => `=${id},${flagsOf(text, last)},${toBase64(bytes)}`;

const LINE = /^=(\d{1,10}),([0-3]),/;

/** Undefined for what is no such line. */
export function parseDataLine(line: string): Data | undefined {
  const match = LINE.exec(line);
  const parsed = streamId.safeParse(Number(match?.[1]));
  if (match === null || !parsed.success || line.length > match[0].length + Math.ceil(MAX_DATA / 3) * 4) return undefined;
  const bytes = fromBase64(line.slice(match[0].length));
  const flags = Number(match[2]);
  return bytes && { id: parsed.data, bytes, text: (flags & 1) !== 0, last: (flags & 2) !== 0 };
}

/** Undefined for what is no message of this schema. */
export function parseMessage<S extends z.ZodType>(schema: S, line: string): z.infer<S> | undefined {
  if (line.length > MAX_MESSAGE) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Native where the engine has it (ECMAScript 2026), which is many times faster. */
type Base64Bytes = Uint8Array & { toBase64?(): string };
type Base64Class = typeof Uint8Array & { fromBase64?(text: string): Uint8Array<ArrayBuffer> };

function toBase64(bytes: Base64Bytes): string {
  if (bytes.toBase64 !== undefined) return bytes.toBase64();
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}

function fromBase64(encoded: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const native = (Uint8Array as Base64Class).fromBase64;
    return native === undefined ? Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)) : native.call(Uint8Array, encoded);
  } catch {
    return undefined;
  }
}
