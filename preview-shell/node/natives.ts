/**
 * The browser's own functions, taken before Node's globals replace them and before a program can change them.
 * Everything in this folder that needs the platform takes it from here.
 */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope & typeof globalThis;

/** Of a classic worker alone, and no longer there once the browser's globals are hidden. */
const importScripts = (globalThis as unknown as { importScripts?: (url: string) => void }).importScripts?.bind(globalThis) ?? ((url: string) => { throw new Error(`${url} cannot be loaded here.`); });

/** Node's library gives ports its own methods: these are for ports of ours, which are attached later than that. */
const portPrototype = globalThis.MessagePort.prototype;
const setOnMessage = Object.getOwnPropertyDescriptor(portPrototype, 'onmessage')?.set;
const { postMessage: postToPort, close: closePort } = portPrototype;

export const native = {
  port: {
    listen(port: MessagePort, listener: (event: MessageEvent) => void): void {
      setOnMessage?.call(port, listener);
    },
    post: (port: MessagePort, message: unknown, transfer: Transferable[] = []): void => postToPort.call(port, message, { transfer }),
    close: (port: MessagePort): void => closePort.call(port),
  },
  setTimeout: scope.setTimeout.bind(scope),
  clearTimeout: scope.clearTimeout.bind(scope),
  fetch: scope.fetch.bind(scope),
  XMLHttpRequest: scope.XMLHttpRequest,
  queueMicrotask: scope.queueMicrotask.bind(scope),
  structuredClone: scope.structuredClone.bind(scope),
  postMessage: (message: unknown, transfer: Transferable[]) => scope.postMessage(message, transfer),
  close: () => scope.close(),
  importScripts: (url: string) => importScripts(url),
  // Node, in which contract tests run, has none in its global scope.
  addEventListener: scope.addEventListener?.bind(scope),
  performance: scope.performance,
  crypto: scope.crypto,
  navigator: scope.navigator,
  location: scope.location,
  console: scope.console,
  URL: scope.URL,
  Blob: scope.Blob,
  Event: scope.Event,
  MessageChannel: scope.MessageChannel,
  MessagePort: scope.MessagePort,
  BroadcastChannel: scope.BroadcastChannel,
  TextEncoder: scope.TextEncoder,
  TextDecoder: scope.TextDecoder,
  DOMException: scope.DOMException,
  indirectEval: globalThis.eval,
  Function: globalThis.Function,
  WebAssembly: scope.WebAssembly,
  Proxy: globalThis.Proxy,
} as const;
