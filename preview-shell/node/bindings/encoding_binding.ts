/** TextEncoder, and TextDecoder's fast ways (encoding_binding.cc). The browser's own take no shared memory: that is copied first. */
import { native } from '../natives.ts';
import { create as createUrl } from './url.ts';

export function create(): Record<string, unknown> {
  const encoder = new native.TextEncoder();
  const encodeIntoResults = new Uint32Array(2);
  const { domainToASCII, domainToUnicode } = createUrl();
  return {
    encodeIntoResults,
    encodeInto(source: string, target: Uint8Array): void {
      const shared = target.buffer instanceof SharedArrayBuffer;
      const into = shared ? new Uint8Array(target.length) : target;
      const { read, written } = encoder.encodeInto(source, into as Uint8Array<ArrayBuffer>);
      if (shared) target.set(into.subarray(0, written));
      encodeIntoResults[0] = read;
      encodeIntoResults[1] = written;
    },
    encodeUtf8String: (text: string) => encoder.encode(text),
    decodeUTF8: (input: BufferSource, ignoreBOM: boolean, fatal: boolean) => decode('utf-8', input, ignoreBOM, fatal),
    decodeWindows1252: (input: BufferSource, ignoreBOM: boolean, fatal: boolean) => decode('windows-1252', input, ignoreBOM, fatal),
    toASCII: domainToASCII,
    toUnicode: domainToUnicode,
  };
}

function decode(encoding: string, input: unknown, ignoreBOM: boolean, fatal: boolean): string {
  if (!ArrayBuffer.isView(input) && !(input instanceof ArrayBuffer) && !(input instanceof SharedArrayBuffer)) {
// Each of Node's two decoders words it in its own way.
    const wanted = encoding === 'utf-8' ? '"list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or' : '"input" argument must be an instance of ArrayBuffer, SharedArrayBuffer, or';
    throw Object.assign(new TypeError(`The ${wanted} ArrayBufferView.`), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  try {
    return new native.TextDecoder(encoding, { ignoreBOM, fatal }).decode(ownBytes(input));
  } catch {
    throw Object.assign(new TypeError(`The encoded data was not valid for encoding ${encoding}`), { code: 'ERR_ENCODING_INVALID_ENCODED_DATA' });
  }
}

/** Bytes that the browser's decoder takes. @throws {TypeError} for what is no buffer */
export function ownBytes(input: unknown): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(input)) {
    const view = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    return view.buffer instanceof SharedArrayBuffer ? view.slice() as Uint8Array<ArrayBuffer> : (view as Uint8Array<ArrayBuffer>);
  }
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  if (input instanceof SharedArrayBuffer) return new Uint8Array(input).slice();
  throw Object.assign(new TypeError('The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.'), { code: 'ERR_INVALID_ARG_TYPE' });
}
