import type { ServiceWorkerToThread, ThreadToServiceWorker } from '../service-worker/module-channel.ts';
import { native } from './natives.ts';
import type { ModulePublisher } from './bindings/module_wrap.ts';

/** Names a thread among all that one service worker serves: threads of several tabs have the same ids. */
export const threadKey = (session: string, threadId: number): string => `${session}-${threadId}`;

/** Hands module texts to the service worker, and again on request: texts are kept for as long as the thread lives, since it may be asked late. */
export class ServiceWorkerPublisher implements ModulePublisher {
  readonly origin: string;
  readonly threadKey: string;
  private readonly texts = new Map<string, string>();
  private port: MessagePort | undefined;

  constructor(origin: string, key: string) {
    this.origin = origin;
    this.threadKey = key;
  }

  /** The port to the service worker, at first and whenever it was restarted. */
  attach(port: MessagePort): void {
    if (this.port !== undefined) native.port.close(this.port);
    this.port = port;
    native.port.listen(port, ({ data }: MessageEvent<ServiceWorkerToThread>) => {
      this.send({ t: 'source', id: data.id, source: this.texts.get(data.path) ?? null });
    });
  }

  publish(modules: [url: string, source: string][]): void {
    const served = modules.map(([url, source]): [string, string] => [url.slice(this.origin.length), source]);
    for (const [path, source] of served) this.texts.set(path, source);
    this.send({ t: 'put', modules: served });
  }

  private send(message: ThreadToServiceWorker): void {
    if (this.port !== undefined) native.port.post(this.port, message);
  }
}
