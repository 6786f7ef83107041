import type { ThreadStart } from '../abi/thread.ts';
import type { ServiceWorkerToThread, ThreadToServiceWorker } from '../service-worker/module-channel.ts';
import type { ModulePublisher } from './bindings/module_wrap.ts';

/** Hands module texts to the service worker, and again on request: texts are kept for as long as the thread lives, since it may be asked late. */
export function createModulePublisher(origin: string, start: ThreadStart): ModulePublisher {
  const texts = new Map<string, string>();
  const send = (message: ThreadToServiceWorker) => start.modules.postMessage(message);
  start.modules.onmessage = ({ data }: MessageEvent<ServiceWorkerToThread>) => {
    send({ t: 'source', id: data.id, source: texts.get(data.path) ?? null });
  };
  return {
    origin,
    threadKey: `t${start.threadId}`,
    publish(modules) {
      const served = modules.map(([url, source]): [string, string] => [url.slice(origin.length), source]);
      for (const [path, source] of served) texts.set(path, source);
      send({ t: 'put', modules: served });
    },
  };
}
