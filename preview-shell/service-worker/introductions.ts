/** Brings previews and the page that runs the container together: a preview's MessagePort is passed on to the host page. */
import type { ConnectAnswer, HostServiceWorkerMessage } from '../../shared/protocol/preview-channel.ts';

/** A host page whose worker was restarted answers within this, or there is none. */
const HOST_ANSWER_MS = 1500;
const MAX_PORT = 65535;

export class Introductions {
  private readonly clients: Clients;
  private readonly relayPath: string;
  private host: string | undefined;
  private announced = Promise.withResolvers<void>();

  constructor(clients: Clients, relayPath: string) {
    this.clients = clients;
    this.relayPath = relayPath;
  }

  /** A page says that it runs the container. */
  async announce(page: Client): Promise<void> {
    this.host = page.id;
    this.announced.resolve();
    this.announced = Promise.withResolvers();
    const answer: ConnectAnswer = { t: 'host-ready' };
    for (const client of await this.windows()) if (new URL(client.url).pathname === this.relayPath) client.postMessage(answer);
  }

  /** A relay brings the port of a preview whose origin it has checked. */
  async connect(relay: Client, port: unknown, channel: MessagePort | undefined): Promise<void> {
    if (channel === undefined || !Number.isInteger(port) || (port as number) < 1 || (port as number) > MAX_PORT) return;
    const host = (await this.hostPage()) ?? (await this.searched());
    const answer: ConnectAnswer = { t: host === undefined ? 'no-host' : 'connected' };
    if (host !== undefined) {
      const message: HostServiceWorkerMessage = { t: 'preview', v: 1, port: port as number };
      host.postMessage(message, [channel]);
    }
    relay.postMessage(answer, host === undefined ? [channel] : []);
  }

  private async hostPage(): Promise<Client | undefined> {
    return this.host === undefined ? undefined : this.clients.get(this.host);
  }

  /** After a restart nothing is remembered: the pages are asked. */
  private async searched(): Promise<Client | undefined> {
    const question: HostServiceWorkerMessage = { t: 'who-is-host' };
    const { promise } = this.announced;
    for (const client of await this.windows()) client.postMessage(question);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, HOST_ANSWER_MS);
    await Promise.race([promise, late]);
    clearTimeout(timer);
    return this.hostPage();
  }

  private windows(): Promise<readonly WindowClient[]> {
    return this.clients.matchAll({ type: 'window', includeUncontrolled: true });
  }
}
