/** WebSockets to the container: a page cannot open one past its service worker, so this class speaks over a MessagePort (preview-channel.ts, (5)). */
import type { FromSocket, ToPreviewWorker, ToSocket } from '../../../shared/protocol/preview-channel.ts';

type Data = string | ArrayBufferLike | ArrayBufferView | Blob;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MAX_REASON_BYTES = 123;

export interface SocketTarget {
  path: string;
  /** Another port of the container; else this preview's own. */
  port?: number;
  loopback?: boolean;
}

export interface SocketRoute {
  /** For a URL that leads to a server of the container; undefined for others, which the browser opens. */
  routeOf(url: URL): SocketTarget | undefined;
  worker(): Promise<ServiceWorker>;
  /** Before anybody else has it. */
  onMade(socket: WebSocket, protocols: readonly string[]): void;
  /** Sees every message text, for reports. */
  onMessage(data: string): void;
}

/** The browser's class for other addresses, ours for the container's. */
export function createWebSocketClass(route: SocketRoute, Native: typeof WebSocket): typeof WebSocket {
  class ContainerSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;
    readonly url: string;
    readonly extensions = '';
    protocol = '';
    readyState = 0;
    bufferedAmount = 0;
    binaryType: BinaryType = 'blob';
    readonly #port: MessagePort;

    constructor(address: string | URL, protocols: string | string[] = []) {
      super();
      const url = socketUrl(address);
      this.url = url.href;
      const list = typeof protocols === 'string' ? [protocols] : [...protocols];
      if (list.some((name) => !TOKEN.test(name)) || new Set(list).size !== list.length) throw new DOMException('The subprotocol is invalid.', 'SyntaxError');
      const { port1, port2 } = new MessageChannel();
      this.#port = port1;
      port1.onmessage = ({ data }: MessageEvent<FromSocket>) => this.#receive(data);
      const { path, ...at } = route.routeOf(url) ?? { path: url.pathname };
      const message: ToPreviewWorker = { t: 'socket', url: path, protocols: list, ...at };
      void route.worker().then((worker) => worker.postMessage(message, [port2]));
      // It has all that the interface asks for; `onopen` and its kind are defined below.
      route.onMade(this as unknown as WebSocket, list);
    }

    send(data: Data): void {
      if (this.readyState === 0) throw new DOMException('Still in CONNECTING state.', 'InvalidStateError');
      const bytes = sizeOf(data);
      this.bufferedAmount += bytes;
      if (this.readyState !== 1) return;
      this.#tell({ t: 'send', data: copyOf(data), bytes });
    }

    close(code?: number, reason = ''): void {
      if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) throw new DOMException('The code must be 1000, or between 3000 and 4999.', 'InvalidAccessError');
      if (new TextEncoder().encode(reason).length > MAX_REASON_BYTES) throw new DOMException('The reason is too long.', 'SyntaxError');
      if (this.readyState >= 2) return;
      this.readyState = 2;
      this.#tell({ t: 'close', ...(code === undefined ? {} : { code }), reason });
    }

    #tell(message: ToSocket): void {
      this.#port.postMessage(message);
    }

    #receive(message: FromSocket): void {
      switch (message.t) {
        case 'open':
          if (this.readyState !== 0) return;
          this.readyState = 1;
          this.protocol = message.protocol;
          this.dispatchEvent(new Event('open'));
          return;
        case 'message':
          if (this.readyState === 1) this.#deliver(message.data);
          this.#tell({ t: 'ack', bytes: message.bytes });
          return;
        case 'sent': this.bufferedAmount = Math.max(0, this.bufferedAmount - message.bytes); return;
        case 'error': this.dispatchEvent(new Event('error')); return;
        case 'close':
          if (this.readyState === 3) return;
          this.readyState = 3;
          this.#port.close();
          this.dispatchEvent(new CloseEvent('close', { code: message.code, reason: message.reason, wasClean: message.clean }));
      }
    }

    #deliver(data: string | ArrayBuffer): void {
      if (typeof data === 'string') route.onMessage(data);
      const value = typeof data === 'string' || this.binaryType === 'arraybuffer' ? data : new Blob([data]);
      this.dispatchEvent(new MessageEvent('message', { data: value, origin: new URL(this.url).origin }));
    }
  }
  for (const type of ['open', 'message', 'error', 'close']) defineHandler(ContainerSocket.prototype, type);
  Object.defineProperty(ContainerSocket, 'name', { value: 'WebSocket' });
  const isOurs = (address: string | URL): boolean => route.routeOf(socketUrl(address)) !== undefined;
  return new Proxy(ContainerSocket as unknown as typeof WebSocket, {
    construct: (target, args: [string | URL, (string | string[])?], newTarget) => Reflect.construct(isOurs(args[0]) ? target : Native, args, newTarget) as WebSocket,
  });
}

/** `onopen` and its kind: one listener that is replaced (HTML, event handler IDL attributes). */
function defineHandler(prototype: EventTarget, type: string): void {
  const handlers = new WeakMap<EventTarget, { handler: unknown; listener: EventListener }>();
  Object.defineProperty(prototype, `on${type}`, {
    get(this: EventTarget) {
      return handlers.get(this)?.handler ?? null;
    },
    set(this: EventTarget, handler: unknown) {
      const before = handlers.get(this);
      if (before !== undefined) this.removeEventListener(type, before.listener);
      handlers.delete(this);
      if (typeof handler !== 'function') return;
      const listener = (event: Event): void => void Reflect.apply(handler, this, [event]);
      handlers.set(this, { handler, listener });
      this.addEventListener(type, listener);
    },
    configurable: true, enumerable: true,
  });
}

/** @throws {DOMException} SyntaxError (WebSockets standard, constructor) */
function socketUrl(address: string | URL): URL {
  let url: URL;
  try {
    url = new URL(address, location.href);
  } catch {
    throw new DOMException(`The URL '${String(address)}' is invalid.`, 'SyntaxError');
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') throw new DOMException(`The URL's scheme must be 'ws' or 'wss'.`, 'SyntaxError');
  return url;
}

function sizeOf(data: Data): number {
  if (typeof data === 'string') return new TextEncoder().encode(data).length;
  return data instanceof Blob ? data.size : data.byteLength;
}

/** The bytes as they are at this moment. */
function copyOf(data: Data): string | ArrayBuffer | Blob {
  if (typeof data === 'string' || data instanceof Blob) return data;
  const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
  return bytes.slice().buffer as ArrayBuffer;
}
