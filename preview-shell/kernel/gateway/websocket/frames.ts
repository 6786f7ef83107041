/**
 * RFC 6455 frames as a client writes and reads them. No extensions are offered, so reserved bits are an error.
 */
import { ByteQueue } from './byte-queue.ts';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One message or control frame that the server sent. */
export type ServerFrame =
  | { kind: 'text'; text: string; bytes: number }
  | { kind: 'binary'; data: Uint8Array<ArrayBuffer> }
  | { kind: 'ping'; data: Uint8Array<ArrayBuffer> }
  | { kind: 'pong'; data: Uint8Array<ArrayBuffer> }
  | { kind: 'close'; code: number; reason: string };

/** The server broke the protocol; `code` is what the close frame says (section 7.4.1). */
export class WebSocketProtocolError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'WebSocketProtocolError';
    this.code = code;
  }
}

/** `code` of a close frame that carries none (section 7.1.5). */
export const NO_STATUS = 1005;
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** A final frame, masked (section 5.3). */
export function writeFrame(opcode: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const start = 2 + extended + 4;
  const frame = new Uint8Array(start + length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  const mask = crypto.getRandomValues(new Uint8Array(4));
  frame.set(mask, start - 4);
  for (let i = 0; i < length; i++) frame[start + i] = (payload[i] as number) ^ (mask[i & 3] as number);
  return frame;
}

/** Payload of a close frame. `reason` is at most 123 bytes of UTF-8. */
export function closePayload(code: number | undefined, reason: string): Uint8Array {
  if (code === undefined || code === NO_STATUS) return new Uint8Array(0);
  const text = new TextEncoder().encode(reason);
  const payload = new Uint8Array(2 + text.length);
  new DataView(payload.buffer).setUint16(0, code);
  payload.set(text, 2);
  return payload;
}

/** Codes that may stand in a close frame (section 7.4). */
export function isSendableCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999);
}

interface Header {
  final: boolean;
  opcode: number;
  length: number;
  size: number;
}

/** Two bytes and a length of eight; a server's frames have no mask. */
const LONGEST_HEADER = 10;

/** Reads what a server sends, in any cuts. */
export class FrameReader {
  private readonly pending = new ByteQueue();
  /** Of the frame whose payload is not there yet. */
  private header: Header | undefined;
  private readonly parts: Uint8Array[] = [];
  private partBytes = 0;
  private messageOpcode = 0;
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** @throws {WebSocketProtocolError} */
  *push(bytes: Uint8Array): Generator<ServerFrame, void, undefined> {
    this.pending.push(bytes);
    for (;;) {
      const header = (this.header ??= this.readHeader());
      if (!header || this.pending.length < header.length) return;
      this.header = undefined;
      const payload = this.pending.take(header.length);
      const frame = header.opcode >= 8 ? this.control(header, payload) : this.message(header, payload);
      if (frame) yield frame;
    }
  }

  /** Takes it, once it is there whole. */
  private readHeader(): Header | undefined {
    const header = this.headerIn(this.pending.peek(LONGEST_HEADER));
    if (header) this.pending.drop(header.size);
    return header;
  }

  private headerIn(pending: Uint8Array): Header | undefined {
    const [first, second] = pending;
    if (first === undefined || second === undefined) return undefined;
    if ((first & 0x70) !== 0) throw new WebSocketProtocolError(1002, 'A reserved bit is set.');
    if ((second & 0x80) !== 0) throw new WebSocketProtocolError(1002, 'A server must not mask frames.');
    const final = (first & 0x80) !== 0;
    const opcode = first & 0x0f;
    this.check(final, opcode, second & 0x7f);
    const view = new DataView(pending.buffer, pending.byteOffset, pending.length);
    const short = second & 0x7f;
    if (short < 126) return { final, opcode, length: short, size: 2 };
    if (short === 126) return pending.length < 4 ? undefined : { final, opcode, length: view.getUint16(2), size: 4 };
    if (pending.length < 10) return undefined;
    const length = view.getBigUint64(2);
    if (length > BigInt(MAX_MESSAGE_BYTES - this.partBytes)) throw new WebSocketProtocolError(1009, 'The message is too big.');
    return { final, opcode, length: Number(length), size: 10 };
  }

  private check(final: boolean, opcode: number, short: number): void {
    if (opcode > 10 || (opcode > 2 && opcode < 8)) throw new WebSocketProtocolError(1002, `Unknown opcode ${opcode}.`);
    if (opcode >= 8 && (!final || short > 125)) throw new WebSocketProtocolError(1002, 'A control frame is fragmented or too long.');
    if (opcode === 0 && this.messageOpcode === 0) throw new WebSocketProtocolError(1002, 'A continuation of nothing.');
    if ((opcode === 1 || opcode === 2) && this.messageOpcode !== 0) throw new WebSocketProtocolError(1002, 'A new message inside another.');
  }

  private message(header: Header, payload: Uint8Array<ArrayBuffer>): ServerFrame | undefined {
    if (header.opcode !== OPCODE.continuation) this.messageOpcode = header.opcode;
    this.parts.push(payload);
    this.partBytes += payload.length;
    if (this.partBytes > MAX_MESSAGE_BYTES) throw new WebSocketProtocolError(1009, 'The message is too big.');
    if (!header.final) return undefined;
    const data = this.parts.length === 1 ? payload : concat(this.parts);
    const isText = this.messageOpcode === OPCODE.text;
    this.parts.length = 0;
    this.partBytes = 0;
    this.messageOpcode = 0;
    return isText ? { kind: 'text', text: this.decode(data), bytes: data.length } : { kind: 'binary', data };
  }

  private control(header: Header, payload: Uint8Array<ArrayBuffer>): ServerFrame {
    if (header.opcode === OPCODE.ping) return { kind: 'ping', data: payload };
    if (header.opcode === OPCODE.pong) return { kind: 'pong', data: payload };
    if (payload.length === 0) return { kind: 'close', code: NO_STATUS, reason: '' };
    if (payload.length === 1) throw new WebSocketProtocolError(1002, 'A close frame of one byte.');
    const code = new DataView(payload.buffer, payload.byteOffset).getUint16(0);
    if (!isSendableCode(code)) throw new WebSocketProtocolError(1002, `Close code ${code} must not be sent.`);
    return { kind: 'close', code, reason: this.decode(payload.subarray(2)) };
  }

  private decode(bytes: Uint8Array): string {
    try {
      return this.utf8.decode(bytes);
    } catch {
      throw new WebSocketProtocolError(1007, 'Text is not UTF-8.');
    }
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
