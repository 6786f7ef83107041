/**
 * undici's llhttp module decodes its WebAssembly with `Buffer.from(text, 'base64')`. A bundle for the browser resolves its
 * `node:buffer` to this file (esbuild `alias`), which is all of Buffer that it uses.
 */
export const Buffer = {
  from(text: string, encoding: string): Uint8Array<ArrayBuffer> {
    if (encoding !== 'base64') throw new TypeError(`Unsupported encoding: ${encoding}`);
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  },
};
