import { runInNewContext } from 'node:vm';
import { beforeEach, expect, test, vi } from 'vitest';
import { clientScript } from './client.ts';
import type { ShareAddress } from './headers.ts';
import type { Share } from './store.ts';

const address: ShareAddress = { port: 5173, origin: 'http://s.share.localhost:1', originOf: (port) => (port === 5173 ? 'http://s.share.localhost:1' : undefined), portOf: () => 5173 };
const share: Share = { id: 's', environmentId: 'e', name: '', role: 'viewer', code: false, ports: [5173], lanPorts: {}, password: undefined, wake: false, createdAt: 0, expiresAt: undefined, revokedAt: undefined };

class Socket extends EventTarget {
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
  }
}

let ready: boolean;
let stored: Map<string, string>;
let reload: ReturnType<typeof vi.fn>;
beforeEach(() => {
  vi.useFakeTimers();
  ready = false;
  stored = new Map();
  reload = vi.fn();
  return () => vi.useRealTimers();
});

/** What the script uses of a page. @returns the page's WebSocket class */
function page(): new (url: string, protocols?: string) => Socket {
  const events = new EventTarget();
  const window: Record<string, unknown> = { addEventListener: events.addEventListener.bind(events), fetch: () => Promise.resolve(Response.json({ ready })), WebSocket: Socket, EventSource: Socket };
  const sessionStorage = { getItem: (name: string) => stored.get(name) ?? null, setItem: (name: string, value: string) => stored.set(name, value) };
  runInNewContext(clientScript(share, address), {
    window, sessionStorage, AbortController, setTimeout, Request, location: { reload }, fetch: (...args: unknown[]) => (window['fetch'] as typeof fetch)(...(args as Parameters<typeof fetch>)),
    document: events, performance, PerformanceObserver: class { observe(): void {} },
    navigator: {}, Element: class {}, XMLHttpRequest: class { open(): void {} },
  });
  return window['WebSocket'] as new (url: string, protocols?: string) => Socket;
}

test('[SH18] a page whose updates never connected comes again when the host is there', async () => {
  const PageSocket = page();
  const socket = new PageSocket('ws://localhost:5173/?token=x', 'vite-hmr');
  expect(socket.url).toBe('ws://s.share.localhost:1/?token=x');
  socket.dispatchEvent(new Event('close'));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(reload).not.toHaveBeenCalled();
  ready = true;
  await vi.advanceTimersByTimeAsync(500);
  expect(reload).toHaveBeenCalledTimes(1);
});

test('[SH18] it comes ever less often where no connection is made, until one is', async () => {
  ready = true;
  for (const wait of [500, 1000, 2000]) {
    new (page())('/', 'vite-hmr').dispatchEvent(new Event('close'));
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(reload).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(reload).toHaveBeenCalledTimes(1);
    reload.mockClear();
  }
  new (page())('/', 'vite-hmr').dispatchEvent(new Event('open'));
  new (page())('/', 'vite-hmr').dispatchEvent(new Event('close'));
  await vi.advanceTimersByTimeAsync(500);
  expect(reload).toHaveBeenCalledTimes(1);
});

test('[SH18] a connection that was there is left to the page, and so are all other connections', async () => {
  ready = true;
  const PageSocket = page();
  const socket = new PageSocket('/', 'vite-hmr');
  socket.dispatchEvent(new Event('open'));
  socket.dispatchEvent(new Event('close'));
  new PageSocket('/chat').dispatchEvent(new Event('close'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reload).not.toHaveBeenCalled();
});
