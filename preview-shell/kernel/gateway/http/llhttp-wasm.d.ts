declare module 'undici/lib/llhttp/llhttp_simd-wasm.js' {
  /** The WebAssembly module's bytes. */
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
