/** Texts of the modules that threads are about to import, by path; each is served once and then dropped. */
import type { ServiceWorkerToPage, ServiceWorkerToThread, ThreadToServiceWorker } from './module-channel.ts';

/** The thread, or the page that knows it, is asked at most this long. */
const ANSWER_LIMIT_MS = 10_000;

interface Waiting {
  readonly path: string;
  resolve(source: string | null): void;
}

export class ModuleStore {
  private readonly texts = new Map<string, string>();
  private readonly threads = new Map<string, MessagePort>();
  private readonly waiting = new Map<number, Waiting>();
  /** Fetches that wait for a thread to be introduced again. */
  private readonly missing = new Map<string, Set<() => void>>();
  private readonly askPages: (message: ServiceWorkerToPage) => Promise<void>;
  private nextId = 1;

  constructor(askPages: (message: ServiceWorkerToPage) => Promise<void>) {
    this.askPages = askPages;
  }

  introduce(key: string, port: MessagePort): void {
    this.threads.get(key)?.close();
    this.threads.set(key, port);
    port.onmessage = ({ data }: MessageEvent<ThreadToServiceWorker>) => this.receive(data);
    // What was asked through the port before may never be answered: its answer can be on its way to a port that is closed.
    for (const [id, { path }] of this.waiting) if (threadOf(path) === key) askThrough(port, id, path);
    for (const wake of this.missing.get(key) ?? []) wake();
    this.missing.delete(key);
  }

  /** The text at a path; null when its thread does not know it, or is gone. */
  async take(path: string): Promise<string | null> {
    const key = threadOf(path);
    if (key === undefined) return null;
    const known = this.texts.get(path);
    if (known !== undefined) {
      this.texts.delete(path);
      return known;
    }
    const port = this.threads.get(key) ?? (await this.reintroduced(key));
    return port === undefined ? null : this.ask(port, path);
  }

  private receive(message: ThreadToServiceWorker): void {
    if (message.t === 'put') {
      for (const [path, source] of message.modules) if (!this.serve(path, source)) this.texts.set(path, source);
      return;
    }
    this.waiting.get(message.id)?.resolve(message.source);
  }

  /** Gives the text to a fetch that waits for it: its thread may be too busy to answer what it was asked. */
  private serve(path: string, source: string): boolean {
    const waiting = this.waiting.values().find((one) => one.path === path);
    waiting?.resolve(source);
    return waiting !== undefined;
  }

  private async ask(port: MessagePort, path: string): Promise<string | null> {
    const id = this.nextId++;
    const { promise, resolve } = Promise.withResolvers<string | null>();
    this.waiting.set(id, { path, resolve });
    const timer = setTimeout(() => resolve(null), ANSWER_LIMIT_MS);
    askThrough(port, id, path);
    return promise.finally(() => {
      clearTimeout(timer);
      this.waiting.delete(id);
    });
  }

  private async reintroduced(key: string): Promise<MessagePort | undefined> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ANSWER_LIMIT_MS);
    this.missing.set(key, (this.missing.get(key) ?? new Set()).add(resolve));
    await this.askPages({ t: 'reintroduce', key });
    await promise;
    clearTimeout(timer);
    return this.threads.get(key);
  }
}

function askThrough(port: MessagePort, id: number, path: string): void {
  const message: ServiceWorkerToThread = { t: 'miss', id, path };
  port.postMessage(message);
}

/** The thread's key in `/~m/<key>/…`. */
function threadOf(path: string): string | undefined {
  return /^\/~m\/([^/]+)\//.exec(path)?.[1];
}
