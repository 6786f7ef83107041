/** The preview pane's state: which ports serve, which page is shown, what it reports. Reports are hostile until parsed. */
import * as z from 'zod';
import { createStore } from 'zustand/vanilla';
import type { origins } from '../../shared/hosts.ts';
import { PREVIEW_PATHS } from '../../shared/protocol/preview-channel.ts';
import { PREVIEW_REPORT_SOURCE, previewReportSchema } from '../../shared/protocol/preview-report.ts';
import type { PreviewCommand, PreviewReport, StackFrame } from '../../shared/protocol/preview-report.ts';
import { createConsole } from './console.ts';
import { createNetwork } from './network.ts';
import { createPerformance } from './performance.ts';

const connectSchema = z.object({ v: z.literal(1), source: z.literal(PREVIEW_REPORT_SOURCE), kind: z.literal('connect') });

export interface PreviewError {
  title: string;
  message: string;
  stack: StackFrame[];
  /** Source excerpt, where the build tool gave one. */
  excerpt?: string;
}

export interface PreviewState {
  /** Ports with a server, in the order they opened. */
  ports: number[];
  port: number | undefined;
  /** What the frame was last told to load; changing `nonce` loads it again. */
  target: { url: string; nonce: number };
  /** Where the page says it is: path, query, hash. */
  route: string;
  title: string;
  /** How far the document in the frame came. */
  document: 'none' | 'loading' | 'script' | 'loaded' | 'painted';
  error: PreviewError | undefined;
  hotUpdates: number;
}

export const INITIAL_PREVIEW: PreviewState = {
  ports: [], port: undefined, target: { url: '/', nonce: 0 }, route: '/', title: '', document: 'none', error: undefined, hotUpdates: 0,
};

/** What frames inside of the page may say: the page alone says where it is and how far it came. */
const FROM_INSIDE = new Set<PreviewReport['kind']>(['console', 'error', 'vite-error', 'request']);
/** Frames within frames, from the page that is shown. */
const MOST_FRAMES = 8;

export class Preview {
  readonly store = createStore<PreviewState>(() => INITIAL_PREVIEW);
  readonly console = createConsole();
  readonly network = createNetwork();
  readonly performance = createPerformance();
  readonly #origin: (port: number) => string;
  readonly #listening = new AbortController();
  readonly #probes = new Map<string, (report: Extract<PreviewReport, { kind: 'probe' }>) => void>();
  readonly #listeners = new Set<(report: PreviewReport, port: number) => void>();
  #frame: HTMLIFrameElement | undefined;
  #prepared: HTMLIFrameElement | undefined;
  #preferred: number | undefined;
  #first = '/';

  constructor(label: string, at: Pick<ReturnType<typeof origins>, 'preview'>) {
    this.#origin = (port) => at.preview(label, port);
    window.addEventListener('message', (event) => this.#receive(event), { signal: this.#listening.signal });
  }

  dispose(): void {
    this.#listening.abort();
    this.#prepared?.remove();
  }

  /** Brings up the service worker of a port's origin in a hidden frame, before anything listens there; the frame goes with the first page. */
  #prepare(port: number): void {
    this.#prepared?.remove();
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.title = 'Preview preparation';
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin');
    frame.allow = 'cross-origin-isolated';
    frame.src = this.#origin(port) + PREVIEW_PATHS.prepare;
    document.body.append(frame);
    this.#prepared = frame;
  }

  /** The frame that shows the preview; messages of others are not ours. */
  setFrame(frame: HTMLIFrameElement | undefined): void {
    this.#frame = frame;
  }

  /** Address of the current port's page, for the frame, the address bar and "open in tab". */
  addressOf(path: string): string | undefined {
    const { port } = this.store.getState();
    return port === undefined ? undefined : this.#origin(port) + path;
  }

  /** The path with which the first page begins. */
  openAt(path: string): void {
    if (!path.startsWith('/') || path.startsWith('//')) return;
    this.#first = path;
    this.store.setState(({ target }) => ({ target: { ...target, url: path }, route: path }));
  }

  portOpened(port: number): void {
    this.store.setState((state) => {
      const ports = state.ports.includes(port) ? state.ports : [...state.ports, port];
      return state.port === undefined ? { ports, port, document: 'loading' } : { ports };
    });
    if (port === this.#preferred) this.choosePort(port);
  }

  /** The port to show when it opens, whatever else is open already; its origin is prepared at once. */
  prefer(port: number): void {
    if (port === this.#preferred) return;
    this.#preferred = port;
    const { ports } = this.store.getState();
    if (ports.includes(port)) this.choosePort(port);
    else this.#prepare(port);
  }


  /** The container is gone, and with it every server; what was logged stays. */
  reset(): void {
    this.store.setState(({ target }) => ({ ...INITIAL_PREVIEW, target: { url: '/', nonce: target.nonce + 1 } }));
  }

  portClosed(port: number): void {
    this.store.setState((state) => ({ ports: state.ports.filter((one) => one !== port) }));
  }

  /** A server came back on the port that is shown: what the frame holds may be its error page. */
  serverReady(port: number): void {
    const { port: shown, document } = this.store.getState();
    if (shown === port && document !== 'loading') this.reload();
    else this.portOpened(port);
  }

  choosePort(port: number): void {
    if (this.store.getState().port === port) return;
    const url = port === this.#preferred ? this.#first : '/';
    this.store.setState(({ target }) => ({ port, target: { url, nonce: target.nonce + 1 }, route: url, document: 'loading', error: undefined }));
  }

  /** Goes to a path of the current port, typed with or without its origin. */
  go(address: string): void {
    const { port } = this.store.getState();
    if (port === undefined) return;
    const base = this.#origin(port);
    const url = new URL(address, base);
    const path = url.origin === base ? url.pathname + url.search + url.hash : '/';
    this.store.setState(({ target }) => ({ target: { url: path, nonce: target.nonce + 1 }, route: path, document: 'loading', error: undefined }));
  }

  /** Goes to a route of the document that the frame shows, without loading it again. */
  goWithin(path: string): void {
    this.#command({ v: 1, source: 'terrarium-app', command: 'route', url: path });
  }

  reload(): void {
    this.go(this.store.getState().route);
  }

  /** Loads again what has not painted: what it waited for may be there. */
  retry(): void {
    const { document } = this.store.getState();
    if (document !== 'none' && document !== 'painted') this.reload();
  }

  back(): void {
    this.#command({ v: 1, source: 'terrarium-app', command: 'back' });
  }

  forward(): void {
    this.#command({ v: 1, source: 'terrarium-app', command: 'forward' });
  }

  /** To shares of the way that can be scrolled, 0 to 1. */
  scrollTo(x: number, y: number): void {
    this.#command({ v: 1, source: 'terrarium-app', command: 'scroll', x, y });
  }

  /** Called with each report of the page that is shown, after it was taken. */
  onReport(listener: (report: PreviewReport, port: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  dismissError(): void {
    this.store.setState({ error: undefined });
  }

  /** Asks the page's script what it sees; `undefined` when it does not answer within two seconds. */
  async probe(): Promise<Extract<PreviewReport, { kind: 'probe' }> | undefined> {
    const id = crypto.randomUUID();
    const answer = Promise.withResolvers<Extract<PreviewReport, { kind: 'probe' }> | undefined>();
    this.#probes.set(id, answer.resolve);
    const timer = setTimeout(() => answer.resolve(undefined), 2000);
    this.#command({ v: 1, source: 'terrarium-app', command: 'probe', id });
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.#probes.delete(id);
    }
  }

  #command(command: PreviewCommand): void {
    const { port } = this.store.getState();
    if (port !== undefined) this.#frame?.contentWindow?.postMessage(command, this.#origin(port));
  }

  #receive(event: MessageEvent<unknown>): void {
    const { port } = this.store.getState();
    if (port === undefined || event.origin !== this.#origin(port)) return;
    const inside = event.source !== this.#frame?.contentWindow;
    if (inside && !this.#isInside(event.source)) return this.#connectTab(event);
    if (typeof event.data !== 'object' || event.data === null || !('source' in event.data) || event.data.source !== PREVIEW_REPORT_SOURCE) return;
    const parsed = previewReportSchema.safeParse(event.data);
    if (!parsed.success || (inside && !FROM_INSIDE.has(parsed.data.kind))) return;
    this.receive(parsed.data);
    for (const listener of this.#listeners) listener(parsed.data, port);
  }

  /** A frame somewhere within the page that is shown. */
  #isInside(source: MessageEventSource | null): boolean {
    const page = this.#frame?.contentWindow;
    if (page === null || page === undefined || source === null || !('parent' in source)) return false;
    for (let one: Window = source, depth = 0; depth < MOST_FRAMES && one.parent !== one; depth++) {
      one = one.parent;
      if (one === page) return true;
    }
    return false;
  }

  /** A tab of the same origin has no relay of its own; the framed page passes its port on, so the port number stays the browser's word. */
  #connectTab(event: MessageEvent<unknown>): void {
    const [messagePort] = event.ports;
    if (messagePort === undefined || !connectSchema.safeParse(event.data).success) return;
    const command: PreviewCommand = { v: 1, source: 'terrarium-app', command: 'connect' };
    this.#frame?.contentWindow?.postMessage(command, event.origin, [messagePort]);
  }

  /** One parsed report. */
  receive(report: PreviewReport): void {
    switch (report.kind) {
      case 'console':
        return this.console.receive(report);
      case 'error':
        this.console.receive(report);
        if (report.type === 'resource') return;
        return this.store.setState({ error: { title: report.type === 'error' ? 'Runtime error' : 'Unhandled rejection', message: `${report.name}: ${report.message}`, stack: report.stack } });
      case 'vite-error':
        this.console.receive(report);
        return this.store.setState({ error: buildError(report) });
      case 'request':
        return this.network.receive(report);
      case 'route':
        return this.store.setState({ route: report.url, title: report.title });
      case 'ready':
        this.performance.receive(report);
        return this.#ready(report.state);
      case 'hot-update':
        return this.store.setState(({ hotUpdates }) => ({ hotUpdates: hotUpdates + 1, error: undefined }));
      case 'performance':
        return this.performance.receive(report);
      case 'scroll':
        return;
      case 'probe':
        return this.#probes.get(report.id)?.(report);
    }
  }

  #ready(state: 'script' | 'load' | 'paint'): void {
    const reached = { script: 'script', load: 'loaded', paint: 'painted' } as const;
    const order = ['none', 'loading', 'script', 'loaded', 'painted'];
    this.store.setState((current) => {
      if (state === 'script') return { document: 'script', error: undefined };
      if (state === 'paint') this.#prepared?.remove();
      return order.indexOf(reached[state]) > order.indexOf(current.document) ? { document: reached[state] } : {};
    });
  }
}

function buildError(report: Extract<PreviewReport, { kind: 'vite-error' }>): PreviewError {
  const { file, plugin, message, frame } = report;
  const place = report.line === undefined ? placeIn(message, file) : { line: report.line, column: report.column ?? 0 };
  const stack = file === undefined ? [] : [{ file, line: place?.line ?? 1, column: place?.column ?? 0 }];
  const excerpt = frame === undefined || frame.trim() === '' ? {} : { excerpt: frame };
  return { title: plugin === undefined ? 'Build error' : `Build error (${plugin})`, message, stack, ...excerpt };
}

/** Compilers that give Vite no place of their own draw it into the message: "╭─[ src/App.tsx:7:17 ]". */
function placeIn(message: string, file: string | undefined): { line: number; column: number } | undefined {
  for (const [, path = '', line, column] of message.matchAll(/([^\s[\]()]+):(\d+):(\d+)/g)) {
    if (file?.endsWith(path.replace(/^\.?\//, '')) === true) return { line: Number(line), column: Number(column) };
  }
  return undefined;
}
