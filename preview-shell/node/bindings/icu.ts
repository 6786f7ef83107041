/** What Node asks of ICU (node_i18n.cc): decoders, transcoding, the width of text on a terminal. */
import type { BindingContext } from '../context.ts';
import { native } from '../natives.ts';
import { ownBytes } from './encoding_binding.ts';
import { encodeText } from './string-bytes.ts';
import { stringWidth } from './icu/width.ts';

const FLUSH = 1;
const FATAL = 2;
const IGNORE_BOM = 4;
/** U_ILLEGAL_ARGUMENT_ERROR. */
const ILLEGAL_ARGUMENT = 1;

export function create(ctx: BindingContext): Record<string, unknown> {
  return {
    getStringWidth: stringWidth,
    icuErrName: (code: number) => (code === ILLEGAL_ARGUMENT ? 'U_ILLEGAL_ARGUMENT_ERROR' : `U_ERROR_${code}`),
    hasConverter: (name: string) => converter(name, 0) !== undefined,
    getConverter: converter,
    decode(handle: TextDecoder, input: unknown, flags: number, encoding: string): string {
      try {
        return handle.decode(ownBytes(input), { stream: (flags & FLUSH) === 0 });
      } catch {
        throw Object.assign(new TypeError(`The encoded data was not valid for encoding ${encoding}`), { code: 'ERR_ENCODING_INVALID_ENCODED_DATA' });
      }
    },
    transcode(source: Uint8Array, from: string, to: string): unknown {
      if (!TRANSCODABLE.has(from) || !TRANSCODABLE.has(to)) return ILLEGAL_ARGUMENT;
      const text = decodeAs(source, from);
      const { Buffer } = ctx.global as unknown as { Buffer: { from(bytes: ArrayBufferLike): unknown } };
      return Buffer.from(encodeAs(text, to).buffer);
    },
  };
}

const TRANSCODABLE = new Set(['ascii', 'latin1', 'ucs2', 'utf8', 'utf16le', 'binary']);

function decodeAs(source: Uint8Array, encoding: string): string {
  const bytes = ownBytes(source);
  if (encoding === 'utf8') return new native.TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (encoding === 'ucs2' || encoding === 'utf16le') return new native.TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(encoding === 'ascii' && byte > 0x7f ? 0xfffd : byte);
  return text;
}

/** What an encoding cannot express becomes "?", as ICU's substitution does. */
function encodeAs(text: string, encoding: string): Uint8Array {
  const limit = encoding === 'ascii' ? 0x7f : encoding === 'latin1' || encoding === 'binary' ? 0xff : undefined;
  if (limit === undefined) return encodeText(text, encoding);
  return Uint8Array.from(Array.from(text), (character) => ((character.codePointAt(0) as number) > limit ? 0x3f : (character.codePointAt(0) as number)));
}

function converter(name: string, flags: number): TextDecoder | undefined {
  try {
    return new native.TextDecoder(name, { fatal: (flags & FATAL) !== 0, ignoreBOM: (flags & IGNORE_BOM) !== 0 });
  } catch {
    return undefined;
  }
}
