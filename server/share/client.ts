/**
 * The script that a shared page gets in front of its own: what its scripts ask of `localhost:<port>` goes to that port of the link (SPEC SH13). In the
 * workspace the preview's service worker does this; here there is none, since the page must also work where service workers do not (HTTP on a local network).
 *
 * Vite's client polls for a server that it has lost, but gives up for good when its first connection fails: a page that loads while the way to the
 * host is cut would stay as it is. So it comes again when there is an answer (SPEC SH18); and what changed while it was loading, which Vite would not tell
 * it, it finds by itself (SH22).
 */
import { catchMissedUpdates } from '../../shared/preview/missed-updates.ts';
import type { ShareAddress } from './headers.ts';
import { SHARE_PATHS } from './pages.ts';
import { rewritten } from './rewrite.ts';
import type { Share } from './store.ts';

/** Runs in the visitor's page: addresses that scripts give to elements. Those of the markup are moved on the way (rewrite.ts), before the browser asks for them. */
function moveAttributes(moved: (url: string) => string): void {
  const names = new Set(['src', 'href', 'action', 'formaction', 'poster', 'data']);
  // Called with the element that it is asked for.
  // oxlint-disable-next-line unbound-method
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function moveAttribute(name, value) {
    return setAttribute.call(this, name, names.has(String(name).toLowerCase()) ? moved(String(value)) : value);
  };
  for (const kind of 'Image Script Link Anchor Area IFrame Media Video Source Form Object Embed Input Button'.split(' ')) {
    const element = Reflect.get(window, `HTML${kind}Element`) as { prototype: object } | undefined;
    if (element === undefined) continue;
    for (const name of ['src', 'href', 'action', 'formAction', 'poster', 'data']) {
      const property = Object.getOwnPropertyDescriptor(element.prototype, name);
      const set = property?.set;
      if (property === undefined || set === undefined) continue;
      Object.defineProperty(element.prototype, name, { ...property, set(value: unknown) { set.call(this, typeof value === 'string' ? moved(value) : value); } });
    }
  }
}

/** Runs in the visitor's page. `ports`: port of the container -> origin. */
function redirectLoopback(ports: Record<string, string>, onUpdates: (socket: WebSocket) => void): void {
  const explained = new Set<string>();
  const explain = (asked: string, port: string): void => {
    if (explained.has(port)) return;
    explained.add(port);
    console.error(`${asked} is not part of this share link, which has the ports ${Object.keys(ports).join(', ')}. For whoever opens the link that address is their own machine. Share port ${port} as well.`);
  };
  const loopback = /^(https?|wss?):\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d+))?(?=[/?#]|$)/i;
  const moved = (url: string): string =>
    url.replace(loopback, (whole, scheme: string, port: string | undefined) => {
      const origin = ports[port ?? '80'];
      if (origin === undefined) explain(whole, port ?? '80');
      return origin === undefined ? whole : /^ws/i.test(scheme) ? origin.replace(/^http/, 'ws') : origin;
    });
  const { fetch: nativeFetch, WebSocket: NativeSocket, EventSource: NativeEvents } = window;
  window.fetch = (input, init) => {
    if (input instanceof Request) return nativeFetch(moved(input.url) === input.url ? input : new Request(moved(input.url), input), init);
    return nativeFetch(moved(String(input)), init);
  };
  const open = XMLHttpRequest.prototype.open as (...args: unknown[]) => void;
  XMLHttpRequest.prototype.open = function moveOpen(this: XMLHttpRequest, ...[method, url, ...rest]: unknown[]) {
    return open.apply(this, [method, moved(String(url)), ...rest]);
  } as typeof XMLHttpRequest.prototype.open;
  const first = <T extends object>(native: T, made: (one: object, more: unknown[]) => void = () => {}): T =>
    new Proxy(native, {
      construct(target, [url, ...rest]: unknown[], self) {
        const one = Reflect.construct(target as never, [moved(String(url)), ...rest], self) as object;
        made(one, rest);
        return one;
      },
    });
  window.WebSocket = first(NativeSocket, (socket, [protocols]) => [protocols].flat().includes('vite-hmr') && onUpdates(socket as WebSocket));
  window.EventSource = first(NativeEvents);
  const { sendBeacon } = navigator;
  navigator.sendBeacon = (url, data) => sendBeacon.call(navigator, moved(String(url)), data);
  moveAttributes(moved);
}

/** Runs in the visitor's page. The server knows how long nothing has changed; the disk of the container, and a dev server that watches it, are a while behind. */
async function mayHaveChanged(state: string): Promise<boolean> {
  const BEHIND_MS = 10_000;
  const { quietMs } = (await (await fetch(state, { cache: 'no-store' })).json()) as { quietMs: number };
  return quietMs < performance.now() + BEHIND_MS;
}

/** Runs in the visitor's page, and makes `onUpdates` there. */
function comeAgain(state: string): (socket: WebSocket) => void {
  const COUNT = '~share:again';
  const LONGEST_MS = 30_000;
  let waits = false;
  // Storage may be refused; then each wait is the longest.
  const count = (next?: (before: number) => number): number => {
    try {
      const before = Number(sessionStorage.getItem(COUNT));
      if (next !== undefined) sessionStorage.setItem(COUNT, String(next(before)));
      return before;
    } catch {
      return LONGEST_MS;
    }
  };
  const look = async (wait: number): Promise<void> => {
    const ready = await fetch(state, { cache: 'no-store' }).then(async (answer) => answer.ok && ((await answer.json()) as { ready: boolean }).ready, () => false);
    if (!ready) return void setTimeout(() => void look(wait), wait);
    // A server that answers and still takes no socket is not reloaded for ever faster.
    count((before) => before + 1);
    location.reload();
  };
  return (socket) => {
    const settled = new AbortController();
    const { signal } = settled;
    socket.addEventListener('open', () => (settled.abort(), void count(() => 0)), { signal });
    socket.addEventListener('close', () => {
      settled.abort();
      if (waits) return;
      waits = true;
      const wait = Math.min(LONGEST_MS, 500 * 2 ** count());
      setTimeout(() => void look(wait), wait);
    }, { signal });
  };
}

export function clientScript(share: Share, address: ShareAddress): string {
  const ports = Object.fromEntries(share.ports.flatMap((port) => {
    const origin = address.originOf(port);
    return origin === undefined ? [] : [[port, origin]];
  }));
  const state = JSON.stringify(SHARE_PATHS.state);
  const functions = [moveAttributes, redirectLoopback, mayHaveChanged, comeAgain, catchMissedUpdates].map(String).join('\n');
  return `(() => {${functions}
const again = comeAgain(${state}), caught = catchMissedUpdates({ mayHaveChanged: () => mayHaveChanged(${state}) });
redirectLoopback(${JSON.stringify(ports)}, (socket) => (again(socket), caught(socket)));})();`;
}

const TAG = `<script src="${SHARE_PATHS.client}"></script>`;

/** An HTML document with the link's own addresses, and our script in its head; anything else as it is. `headers` are those of the answer, and are changed to fit. */
export function withClient(body: ReadableStream<Uint8Array> | null, headers: Headers, address: ShareAddress): ReadableStream<Uint8Array> | null {
  const html = (headers.get('content-type') ?? '').startsWith('text/html');
  if (body === null || !html || headers.has('content-encoding')) return body;
  headers.delete('content-length');
  headers.delete('etag');
  return rewritten(body, address, TAG);
}
