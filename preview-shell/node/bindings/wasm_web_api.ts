/** node_wasm_web_api.cc: V8 would hand streaming compilation to Node's library; the browser compiles streams itself. */
export function create(): Record<string, unknown> {
  return { setImplementation: () => undefined };
}
