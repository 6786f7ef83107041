/**
 * The way from a preview to the container's servers: one MessagePort for each preview origin (shared/protocol/preview-channel.ts, (4)).
 * The port number of a connection comes from the browser, never from the preview.
 */
import { PREVIEW_CHANNEL_VERSION, type FromGateway, type IsolationMode, type PreviewScript } from '../../../shared/protocol/preview-channel.ts';
import { CookieJar } from './cookies.ts';
import { Connection } from './connection.ts';
import type { GatewayNetwork } from './duplex.ts';
import type { PreviewAddress } from './headers.ts';
import { HttpClient } from './http/client.ts';

export interface GatewayOptions {
  network: GatewayNetwork;
  /** Where previews are, without their port. */
  address: Omit<PreviewAddress, 'port'>;
  /** `on('preview-message')` of @webcontainer/api. */
  onPreviewMessage(message: unknown, port: number): void;
}

export class PreviewGateway {
  private readonly options: GatewayOptions;
  private readonly client: HttpClient;
  private readonly jars = new Map<number, CookieJar>();
  private readonly connections = new Set<Connection>();
  private script: PreviewScript | null = null;

  constructor(options: GatewayOptions) {
    this.options = options;
    this.client = new HttpClient(options.network);
  }

  /** Serves one preview origin. */
  connect(channel: MessagePort, port: number, session: string, isolation: IsolationMode): void {
    const jar = this.jars.get(port) ?? new CookieJar();
    this.jars.set(port, jar);
    const connection = new Connection({
      channel, port, jar, isolation,
      client: this.client,
      network: this.options.network,
      address: { ...this.options.address, port },
      onPreviewMessage: (message) => this.options.onPreviewMessage(message, port),
      onEnd: () => this.connections.delete(connection),
    });
    this.connections.add(connection);
    const welcome: FromGateway = { t: 'welcome', v: PREVIEW_CHANNEL_VERSION, session, port, isolation, script: this.script };
    channel.postMessage(welcome);
  }

  /** Script for every page from its next load on. */
  setScript(script: PreviewScript | null): void {
    this.script = script;
    for (const connection of this.connections) connection.tell({ t: 'script', script });
  }

  close(): void {
    for (const connection of this.connections) connection.close();
    this.client.close();
  }
}
