/** The preview service worker's end of the MessagePort to the gateway (preview-channel.ts, (4)). */
import { ACCEPT_LIMIT_MS, PREVIEW_CHANNEL_VERSION, type FromGateway, type GatewayRequest, type GatewayResponse, type PreviewScript, type ToGateway } from '../../../shared/protocol/preview-channel.ts';

/** Time for a page to bring a new port when the old one is lost. */
const RECONNECT_LIMIT_MS = 15_000;

export interface ResponseSink {
  accepted(): void;
  response(message: GatewayResponse): void;
  data(bytes: ArrayBuffer): void;
  end(): void;
  failed(reason: string, message: string): void;
  bodyAck(bytes: number): void;
}

export type WithoutId<T> = T extends { id: number } ? Omit<T, 'id'> : never;

/** No way to the container: there is no page that could bring one. */
export class NoGateway extends Error {}

export class GatewayLink {
  script: PreviewScript | null = null;
  private port: MessagePort | undefined;
  private nextId = 1;
  private readonly sinks = new Map<number, ResponseSink>();
  private readonly listeners = new Map<number, () => void>();
  private connected = Promise.withResolvers<void>();
  private readonly askForPort: () => Promise<boolean>;

  /** `askForPort` asks the pages for a new port; false when there is no page to ask. */
  constructor(askForPort: () => Promise<boolean>) {
    this.askForPort = askForPort;
  }

  get isConnected(): boolean {
    return this.port !== undefined;
  }

  attach(port: MessagePort): void {
    this.lose();
    this.port = port;
    port.onmessage = ({ data }: MessageEvent<FromGateway>) => this.receive(data);
    port.addEventListener('close', () => {
      if (this.port === port) this.lose();
    });
    const hello: ToGateway = { t: 'hello', v: PREVIEW_CHANNEL_VERSION };
    port.postMessage(hello);
    this.connected.resolve();
  }

  /** Sends a request. One that the gateway does not accept in time was sent on a dead port: it goes again on a new one. */
  async request(request: Omit<GatewayRequest, 'id'>, sink: ResponseSink): Promise<number> {
    for (;;) {
      const port = await this.ready();
      const id = this.nextId++;
      const accepted = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => accepted.resolve(false), ACCEPT_LIMIT_MS);
      this.sinks.set(id, { ...bound(sink), accepted: () => accepted.resolve(true), failed: (reason, message) => {
        accepted.resolve(true);
        sink.failed(reason, message);
      } });
      const message: GatewayRequest = { ...request, id };
      // The body stays here for another try.
      port.postMessage(message);
      const taken = await accepted.promise;
      clearTimeout(timer);
      if (taken) return id;
      this.sinks.delete(id);
      if (this.port === port) this.lose();
    }
  }

  send(message: ToGateway, transfer: Transferable[] = []): void {
    this.port?.postMessage(message, transfer);
  }

  forget(id: number): void {
    this.sinks.delete(id);
  }

  async whenListening(): Promise<void> {
    const port = await this.ready();
    const id = this.nextId++;
    await new Promise<void>((resolve) => {
      this.listeners.set(id, resolve);
      const message: ToGateway = { t: 'await-listening', id };
      port.postMessage(message);
    });
  }

  /** @throws {NoGateway} */
  async ready(): Promise<MessagePort> {
    if (this.port !== undefined) return this.port;
    const { promise } = this.connected;
    if (!(await this.askForPort())) throw new NoGateway('No page of this preview is open that could reach the container.');
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, RECONNECT_LIMIT_MS);
    await Promise.race([promise, late.promise]);
    clearTimeout(timer);
    // Set by `attach` meanwhile, which the narrowing above does not see.
    const port = this.port as MessagePort | undefined;
    if (port === undefined) throw new NoGateway('The container did not answer.');
    return port;
  }

  private lose(): void {
    if (this.port === undefined) return;
    this.port.close();
    this.port = undefined;
    this.connected = Promise.withResolvers();
    for (const sink of this.sinks.values()) sink.failed('reset', 'The container was closed or started anew.');
    this.sinks.clear();
  }

  private receive(message: FromGateway): void {
    switch (message.t) {
      case 'welcome':
      case 'script': this.script = message.script; return;
      case 'accepted': return this.sinks.get(message.id)?.accepted();
      case 'response': return this.sinks.get(message.id)?.response(message);
      case 'data': return this.sinks.get(message.id)?.data(message.bytes);
      case 'end': return this.sinks.get(message.id)?.end();
      case 'failed': return this.sinks.get(message.id)?.failed(message.reason, message.message);
      case 'body-ack': return this.sinks.get(message.id)?.bodyAck(message.bytes);
      case 'listening':
        this.listeners.get(message.id)?.();
        this.listeners.delete(message.id);
        return undefined;
      case 'pong': return undefined;
    }
  }
}

function bound(sink: ResponseSink): ResponseSink {
  return {
    accepted: () => sink.accepted(), response: (message) => sink.response(message), data: (bytes) => sink.data(bytes), end: () => sink.end(),
    failed: (reason, message) => sink.failed(reason, message), bodyAck: (bytes) => sink.bodyAck(bytes),
  };
}
