import { describe, expect, test, vi } from 'vitest';
import { closePayload, FrameReader, isSendableCode, NO_STATUS, OPCODE, writeFrame, WebSocketProtocolError, type ServerFrame } from './frames.ts';

const text = (value: string) => new TextEncoder().encode(value);
/** A frame as a server writes it: not masked. */
function served(first: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const head = length < 126 ? [first, length] : length < 65536 ? [first, 126, length >> 8, length & 0xff] : [first, 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  return new Uint8Array([...head, ...payload]);
}
const read = (...chunks: Uint8Array[]): ServerFrame[] => {
  const reader = new FrameReader();
  return chunks.flatMap((chunk) => [...reader.push(chunk)]);
};
function refusal(...chunks: Uint8Array[]): number | undefined {
  try {
    read(...chunks);
    return undefined;
  } catch (error) {
    return error instanceof WebSocketProtocolError ? error.code : NaN;
  }
}

describe('frames', () => {
  test.each([0, 125, 126, 65535, 65536])('[GW10] a message of %d bytes arrives in any cuts', (length) => {
    const payload = new Uint8Array(length).map((_, at) => at & 0xff);
    const frame = served(0x82, payload);
    const cuts = [frame.subarray(0, 1), frame.subarray(1, 3), frame.subarray(3, 7), frame.subarray(7)];
    expect(read(...cuts)).toEqual([{ kind: 'binary', data: payload }]);
  });

  test('[GW10] a long message in many pieces is copied no more often than one in few', () => {
    const frame = served(0x82, new Uint8Array(1 << 20));
    const pieces = Array.from({ length: 1024 }, (_, at) => frame.subarray(at * 1025, (at + 1) * 1025));
    const copying = vi.spyOn(Uint8Array.prototype, 'set');
    const [message] = read(...pieces);
    const copied = copying.mock.calls.reduce((sum, [source]) => sum + source.length, 0);
    copying.mockRestore();
    expect(message).toMatchObject({ kind: 'binary', data: { length: 1 << 20 } });
    expect(copied).toBeLessThan(2 * frame.length);
  });

  test('[GW10] fragments are one message, control frames may stand between them', () => {
    const [first, second] = [text('h\u00e9').subarray(0, 2), text('h\u00e9').subarray(2)];
    expect(read(served(0x01, first), served(0x89, text('p')), served(0x80, second))).toEqual([{ kind: 'ping', data: text('p') }, { kind: 'text', text: 'h\u00e9', bytes: 3 }]);
  });

  test('[GW10] ours are masked, and unmask to what they were', () => {
    const frame = writeFrame(OPCODE.text, text('hello'));
    expect(frame[1]).toBe(0x80 | 5);
    expect(new TextDecoder().decode(frame.slice(6).map((byte, at) => byte ^ (frame[2 + (at & 3)] as number)))).toBe('hello');
  });

  test.each([
    ['a reserved bit', [new Uint8Array([0xc1, 0])], 1002],
    ['a masked frame', [new Uint8Array([0x81, 0x80, 0, 0, 0, 0])], 1002],
    ['an unknown opcode', [served(0x83, text(''))], 1002],
    ['a fragmented ping', [served(0x09, text(''))], 1002],
    ['a long ping', [served(0x89, new Uint8Array(126))], 1002],
    ['a continuation of nothing', [served(0x80, text('x'))], 1002],
    ['a message inside another', [served(0x01, text('a')), served(0x81, text('b'))], 1002],
    ['text that is no UTF-8', [served(0x81, new Uint8Array([0xff]))], 1007],
    ['a message beyond the limit', [new Uint8Array([0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0])], 1009],
    ['a close frame of one byte', [served(0x88, new Uint8Array([3]))], 1002],
    ['a close code that must not be sent', [served(0x88, closePayload(1006, ''))], 1002],
  ])('[GW10] %s fails with its code', (_what, chunks, code) => {
    expect(refusal(...chunks)).toBe(code);
  });

  test('[GW10] close codes and reasons go through', () => {
    expect(read(served(0x88, closePayload(4001, 'bye')))).toEqual([{ kind: 'close', code: 4001, reason: 'bye' }]);
    expect(read(served(0x88, closePayload(undefined, '')))).toEqual([{ kind: 'close', code: NO_STATUS, reason: '' }]);
    expect([1000, 1005, 1006, 1015, 2999, 3000, 4999, 5000].filter(isSendableCode)).toEqual([1000, 3000, 4999]);
  });
});
