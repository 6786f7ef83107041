/** The page's end of the host's service worker: registers it, introduces threads and itself to it, answers when it has forgotten. */
import { HOST_PATHS, type HostAnnouncement, type HostServiceWorkerMessage } from '../../shared/protocol/preview-channel.ts';
import { MODULE_CHANNEL_VERSION, type PageToServiceWorker, type ServiceWorkerToPage } from '../service-worker/module-channel.ts';

export interface ServiceWorkerEvents {
  reintroduce(key: string): void;
  preview(port: number, channel: MessagePort): void;
}

export class HostServiceWorker {
  private readonly registration: ServiceWorkerRegistration;
  private readonly session: string;

  private constructor(registration: ServiceWorkerRegistration, session: string) {
    this.registration = registration;
    this.session = session;
  }

  /** Registers and waits until it is active: a Worker made before would not be controlled by it. @throws where the browser refuses service workers */
  static async start(session: string, events: ServiceWorkerEvents): Promise<HostServiceWorker> {
    await navigator.serviceWorker.register(HOST_PATHS.serviceWorker, { scope: '/', updateViaCache: 'none' });
    const worker = new HostServiceWorker(await navigator.serviceWorker.ready, session);
    navigator.serviceWorker.addEventListener('message', ({ data, ports }: MessageEvent<HostServiceWorkerMessage | ServiceWorkerToPage>) => {
      switch (data.t) {
        case 'reintroduce': events.reintroduce(data.key); break;
        case 'who-is-host': worker.announce(); break;
        case 'preview': if (ports[0] !== undefined) events.preview(data.port, ports[0]); break;
      }
    });
    navigator.serviceWorker.addEventListener('controllerchange', () => worker.announce());
    navigator.serviceWorker.startMessages();
    return worker;
  }

  /** This page runs the container. */
  announce(): void {
    const message: HostAnnouncement = { t: 'host', v: 1, session: this.session };
    this.registration.active?.postMessage(message);
  }

  /** Keeps these addresses of this origin for a start with the server away. */
  keep(urls: string[]): void {
    const message: PageToServiceWorker = { t: 'keep', v: MODULE_CHANNEL_VERSION, urls };
    this.registration.active?.postMessage(message);
  }

  /** @returns the thread's end of its channel */
  introduce(key: string): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const message: PageToServiceWorker = { t: 'thread', v: MODULE_CHANNEL_VERSION, key, port: port2 };
    this.registration.active?.postMessage(message, [port2]);
    return port1;
  }
}
