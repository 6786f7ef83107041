/**
 * undici's llhttp module decodes its WebAssembly with `Buffer.from(text, 'base64')`. A bundle for the browser resolves its
 * `node:buffer` to this file (esbuild `alias`), which is all of Buffer that it uses.
 */
export const Buffer = {
  /** A bare ArrayBuffer: the bundler copies the properties of what a CommonJS module exports, and a view has one for each byte (140 ms at each start). */
  from(text: string, encoding: string): ArrayBuffer {
    if (encoding !== 'base64') throw new TypeError(`Unsupported encoding: ${encoding}`);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes.buffer;
  },
};
